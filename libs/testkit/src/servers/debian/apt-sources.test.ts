import { describe, expect, it } from 'vitest';
import { parseDeb822Sources, parseOneLineSources } from './apt-sources.ts';
import { debianKeyrings, debianMirrors } from './debian-mirror.ts';

/** As Debian 12 images have it. */
const DEB822 = `Types: deb
# http://snapshot.debian.org/archive/debian/20250520T000000Z
URIs: http://mirror.example/debian/ http://second.example/debian
Suites: bookworm
 bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Types: deb-src
URIs: http://sources.example/debian
Suites: bookworm

Enabled: no
Types: deb
URIs: http://disabled.example/debian
Suites: bookworm
`;

const ONE_LINE = `# a comment
deb [arch=amd64 signed-by=/etc/apt/keyrings/mine.gpg] https://company.example/debian bookworm main contrib
deb-src http://sources.example/debian bookworm main
deb http://archive.ubuntu.example/ubuntu noble main universe
deb [trusted=yes] file:/srv/debian trixie main # local
not a source
`;

describe('apt sources', () => {
  it('reads paragraphs with comments, continuation lines and several URIs', () => {
    const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
    const suites = ['bookworm', 'bookworm-updates'];
    expect(parseDeb822Sources(DEB822)).toEqual([
      { uri: 'http://mirror.example/debian/', suites, keyring },
      { uri: 'http://second.example/debian', suites, keyring },
      { uri: 'http://mirror.example/debian-security', suites: ['bookworm-security'], keyring: undefined },
    ]);
  });

  it('reads one-line sources with options', () => {
    expect(parseOneLineSources(ONE_LINE)).toEqual([
      { uri: 'https://company.example/debian', suites: ['bookworm'], keyring: '/etc/apt/keyrings/mine.gpg' },
      { uri: 'http://archive.ubuntu.example/ubuntu', suites: ['noble'], keyring: undefined },
      { uri: 'file:/srv/debian', suites: ['trixie'], keyring: undefined },
    ]);
  });
});

describe('Debian mirrors', () => {
  it("are the machine's own archives of Debian, then deb.debian.org", () => {
    const sources = [...parseOneLineSources(ONE_LINE), ...parseDeb822Sources(DEB822)];
    expect(debianMirrors(sources)).toEqual([
      'https://company.example/debian',
      'file:/srv/debian',
      'http://mirror.example/debian',
      'http://second.example/debian',
      'http://deb.debian.org/debian',
    ]);
    expect(debianKeyrings(sources)).toEqual([
      '/etc/apt/keyrings/mine.gpg',
      '/usr/share/keyrings/debian-archive-keyring.gpg',
    ]);
  });

  it('are deb.debian.org alone where the machine has none', () => {
    const ubuntu = parseOneLineSources('deb http://archive.ubuntu.example/ubuntu noble main');
    expect(debianMirrors(ubuntu)).toEqual(['http://deb.debian.org/debian']);
  });
});
