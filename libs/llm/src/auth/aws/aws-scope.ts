/** What a signature is good for. */
export interface AwsScope {
  /** "eu-central-1" */
  readonly region: string;
  /** Name of the service in signatures, "bedrock". */
  readonly service: string;
}

/**
 * `bedrock-runtime.eu-central-1.amazonaws.com`, its FIPS form, China's suffix, and endpoints inside a VPC
 * (`vpce-0a1b-2c3d.bedrock-runtime.us-east-1.vpce.amazonaws.com`).
 * Source: https://docs.aws.amazon.com/general/latest/gr/bedrock.html
 */
const HOST =
  /^(?:[a-z0-9-]+\.)?(bedrock)-runtime(?:-fips)?\.([a-z]{2}(?:-[a-z]+)+-\d+)\.(?:vpce\.)?amazonaws\.com(?:\.cn)?$/;

/** The scope that an address of AWS tells; `undefined` for any other address. */
export function scopeOfHost(host: string): AwsScope | undefined {
  const [, service, region] = HOST.exec(host) ?? [];
  return service === undefined || region === undefined ? undefined : { service, region };
}
