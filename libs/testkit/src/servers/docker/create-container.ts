import type { ContainerRuntimeClient, WaitStrategy } from 'testcontainers';
import type { ContainerRecipe } from '../launch/server-definition.ts';
import { LOOPBACK } from '../process/free-port.ts';

/** A container as Docker's API has it. */
export type Container = ReturnType<ContainerRuntimeClient['container']['getById']>;

export interface ContainerRequest {
  readonly recipe: ContainerRecipe;
  /** Port on 127.0.0.1 of this machine. */
  readonly port: number;
  /** Name of container and data volume. Absent: both are temporary. */
  readonly name?: string;
}

/** Readiness is asked of the server itself, as for the other sources; testcontainers' own checks need a shell inside. */
const NO_WAIT: WaitStrategy = {
  waitUntilReady: async () => {},
  withStartupTimeout: () => NO_WAIT,
  isStartupTimeoutSet: () => true,
  getStartupTimeout: () => 0,
};

/** Creates and starts a container. testcontainers is loaded here and nowhere else: it is large, and most machines never need it. */
export async function createContainer({ recipe, port, name }: ContainerRequest): Promise<Container> {
  const { GenericContainer, getContainerRuntimeClient } = await import('testcontainers');
  const { container: containers } = await getContainerRuntimeClient();
  // Left by a process that was killed: its reaper has not come round yet, and two servers must not share the volume.
  if (name !== undefined) await removeNamed(containers, name);

  class LoopbackContainer extends GenericContainer {
    /** testcontainers publishes ports on every interface, and has no option for it. */
    protected override async beforeContainerCreated(): Promise<void> {
      const binding = [{ HostIp: LOOPBACK, HostPort: String(port) }];
      this.hostConfig = { ...this.hostConfig, PortBindings: { [`${recipe.port}/tcp`]: binding } };
      if (name !== undefined) this.hostConfig = { ...this.hostConfig, Binds: [`${name}:${recipe.dataPath}`] };
    }
  }

  const request = new LoopbackContainer(recipe.image)
    .withExposedPorts({ container: recipe.port, host: port })
    .withEnvironment({ ...recipe.environment })
    .withCommand([...recipe.command])
    .withCopyContentToContainer(
      Object.entries(recipe.files).map(([target, content]) => ({ target, content })),
    )
    .withWaitStrategy(NO_WAIT);
  if (name !== undefined) request.withName(name);
  const started = await request.start();
  return containers.getById(started.getId());
}

async function removeNamed(containers: ContainerRuntimeClient['container'], name: string): Promise<void> {
  try {
    await containers.getById(name).remove({ force: true });
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Whether a container of this name runs. */
export async function isRunning(name: string): Promise<boolean> {
  const { getContainerRuntimeClient } = await import('testcontainers');
  const { container: containers } = await getContainerRuntimeClient();
  try {
    return (await containers.getById(name).inspect()).State.Running;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** 404, as the engine answers for a container that isn't there. */
export function isMissing(error: unknown): boolean {
  return (error as { statusCode?: number }).statusCode === 404;
}
