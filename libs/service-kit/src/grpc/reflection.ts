import type { Server, ServiceDefinition } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';

/** Adds grpc.reflection.v1 and v1alpha, from the descriptors that buf built. Only the named services are listed. */
export function addReflection(server: Server, image: Buffer, services: readonly ServiceDefinition[]): void {
  const names = services.map((service) => Object.values(service)[0]?.path.split('/')[1] ?? '');
  new ReflectionService(loadFileDescriptorSetFromBuffer(image), { services: names }).addToServer(server);
}
