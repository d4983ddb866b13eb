{{/* What is particular about this service; the library does the rest. */}}
{{- define "cost-accounting.traits" -}}
prefix: COST_ACCOUNTING
ports: { grpc: 7003, ops: 8003 }
secretKeys: [NATS_URL, COST_ACCOUNTING_DATABASE_URL, COST_ACCOUNTING_API_KEY]
calls: [credential, health-probe, routing]
natsReplicasVariable: SWITCHYARD_NATS_REPLICAS
drainPhases: 1
{{- end -}}
