import { randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The superuser's password: made once for each folder, and kept in it, mode 0600. */
export async function superuserPassword(dir: string): Promise<string> {
  const file = join(dir, 'password');
  try {
    const handle = await open(file, 'wx', 0o600);
    const password = randomBytes(24).toString('base64url');
    await handle.writeFile(password);
    await handle.close();
    return password;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readFile(file, 'utf8');
  }
}
