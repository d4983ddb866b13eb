import { credentials, loadPackageDefinition, Metadata, makeClientConstructor } from '@grpc/grpc-js';
import { fromJSON, loadFileDescriptorSetFromBuffer, type PackageDefinition } from '@grpc/proto-loader';

/**
 * The part of grpc.reflection.v1 that a client needs.
 * Source: https://github.com/grpc/grpc-proto/blob/master/grpc/reflection/v1/reflection.proto
 */
const REFLECTION = fromJSON({
  nested: {
    grpc: {
      nested: {
        reflection: {
          nested: {
            v1: {
              nested: {
                ServerReflection: {
                  methods: {
                    ServerReflectionInfo: {
                      requestType: 'Request',
                      requestStream: true,
                      responseType: 'Response',
                      responseStream: true,
                      comment: '',
                    },
                  },
                },
                Request: {
                  oneofs: { request: { oneof: ['fileContainingSymbol', 'fileByFilename', 'listServices'] } },
                  fields: {
                    fileByFilename: { type: 'string', id: 3 },
                    fileContainingSymbol: { type: 'string', id: 4 },
                    listServices: { type: 'string', id: 7 },
                  },
                },
                Response: {
                  fields: {
                    fileDescriptorResponse: { type: 'Files', id: 4 },
                    listServicesResponse: { type: 'Services', id: 6 },
                    errorResponse: { type: 'Failure', id: 7 },
                  },
                },
                Files: { fields: { fileDescriptorProto: { rule: 'repeated', type: 'bytes', id: 1 } } },
                Services: { fields: { service: { rule: 'repeated', type: 'Service', id: 1 } } },
                Service: { fields: { name: { type: 'string', id: 1 } } },
                Failure: {
                  fields: { errorCode: { type: 'int32', id: 1 }, errorMessage: { type: 'string', id: 2 } },
                },
              },
            },
          },
        },
      },
    },
  },
});

interface ReflectionResponse {
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: readonly Buffer[] };
  readonly listServicesResponse?: { readonly service: readonly { readonly name: string }[] };
  readonly errorResponse?: { readonly errorCode: number; readonly errorMessage: string };
}

/** Asks a server about itself, one question for each call. @throws where it answers with an error */
async function ask(address: string, question: object): Promise<ReflectionResponse> {
  const definition = REFLECTION['grpc.reflection.v1.ServerReflection'];
  const Client = makeClientConstructor(definition as never, 'ServerReflection');
  const client = new Client(address, credentials.createInsecure());
  try {
    const call = client.ServerReflectionInfo?.(new Metadata(), { deadline: Date.now() + 10_000 });
    call.write(question);
    call.end();
    for await (const response of call as AsyncIterable<ReflectionResponse>) {
      const { errorResponse } = response;
      if (errorResponse) throw new Error(`${errorResponse.errorCode}: ${errorResponse.errorMessage}`);
      return response;
    }
    throw new Error('reflection gave no answer');
  } finally {
    client.close();
  }
}

/** Names of the services that a server tells of. */
export async function listServices(address: string): Promise<string[]> {
  const { listServicesResponse } = await ask(address, { listServices: '*' });
  return (listServicesResponse?.service ?? []).map(({ name }) => name);
}

/** Everything that can be called, as a server describes it: no file of this repository is read. */
export async function describeService(address: string, service: string): Promise<PackageDefinition> {
  const { fileDescriptorResponse } = await ask(address, { fileContainingSymbol: service });
  const files = fileDescriptorResponse?.fileDescriptorProto ?? [];
  return loadFileDescriptorSetFromBuffer(fileDescriptorSet(files), {
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
  });
}

/** A client of a service that a server described. */
export async function clientByReflection(address: string, service: string) {
  const definition = loadPackageDefinition(await describeService(address, service));
  let found: unknown = definition;
  for (const name of service.split('.')) found = (found as Record<string, unknown>)[name];
  const Client = found as ReturnType<typeof makeClientConstructor>;
  return new Client(address, credentials.createInsecure());
}

const LENGTH_DELIMITED_FIELD_1 = 0x0a;

/** `FileDescriptorSet` is its files in field 1. Source: google/protobuf/descriptor.proto */
function fileDescriptorSet(files: readonly Buffer[]): Buffer {
  return Buffer.concat(
    files.flatMap((file) => [Buffer.from([LENGTH_DELIMITED_FIELD_1, ...varint(file.length)]), file]),
  );
}

function varint(value: number): number[] {
  const low = value & 0x7f;
  return value > 0x7f ? [low | 0x80, ...varint(value >>> 7)] : [low];
}
