{{/* What is particular about this service; the library does the rest. */}}
{{- define "routing.traits" -}}
prefix: ROUTING
ports: { grpc: 7001, ops: 8001, http: 7080 }
secretKeys: [NATS_URL, ROUTING_DATABASE_URL, ROUTING_API_KEY{{ if .Values.redis.enabled }}, REDIS_URL{{ end }}]
calls: [credential, cost-accounting, health-probe]
natsReplicasVariable: SWITCHYARD_NATS_REPLICAS
# HTTP and gRPC end together, then the ledger takes the outbox: each with the whole time.
drainPhases: 2
stateDirectory: /var/lib/switchyard
{{- end -}}
