{{/* What is particular about this service; the library does the rest. */}}
{{- define "credential.traits" -}}
prefix: CREDENTIAL
ports: { grpc: 7004, ops: 8004 }
secretKeys: [NATS_URL, CREDENTIAL_DATABASE_URL, CREDENTIAL_KEK, CREDENTIAL_BOOTSTRAP_KEYS]
calls: []
natsReplicasVariable: SWITCHYARD_NATS_REPLICAS
drainPhases: 1
{{- end -}}
