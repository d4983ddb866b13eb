import { BinaryReader } from '@bufbuild/protobuf/wire';
import type { Server, ServiceDefinition } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { boundReflection } from './bound-reflection.ts';

/** Adds grpc.reflection.v1 and v1alpha, from the descriptors that buf built. Only the named services are listed. */
export function addReflection(server: Server, image: Buffer, services: readonly ServiceDefinition[]): void {
  const names = services.map((service) => Object.values(service)[0]?.path.split('/')[1] ?? '');
  new ReflectionService(packageOf(image), { services: names }).addToServer({
    addService: (definition, handlers) => server.addService(definition, boundReflection(handlers)),
  });
}

type Package = ConstructorParameters<typeof ReflectionService>[0];

/**
 * The files of an image as one definition: of each definition the library decodes all files. From those that `proto-loader` makes, one
 * for each message, that took a second and 200 MB at every start.
 */
function packageOf(image: Buffer): Package {
  const all = { format: 'Protocol Buffer 3 DescriptorProto', type: {}, fileDescriptorProtos: filesOf(image) };
  return { all } as unknown as Package;
}

/** A FileDescriptorSet has nothing but files. */
function filesOf(image: Buffer): Buffer[] {
  const reader = new BinaryReader(image);
  const files: Buffer[] = [];
  while (reader.pos < reader.len) {
    reader.tag();
    files.push(Buffer.from(reader.bytes()));
  }
  return files;
}
