{{/* What is particular about this service; the library does the rest. */}}
{{- define "health-probe.traits" -}}
prefix: HEALTH_PROBE
ports: { grpc: 7002, ops: 8002, http: 7082 }
secretKeys: [NATS_URL, HEALTH_PROBE_DATABASE_URL, HEALTH_PROBE_API_KEY]
calls: [credential, routing]
natsReplicasVariable: SWITCHYARD_NATS_REPLICAS
drainPhases: 1
{{- end -}}
