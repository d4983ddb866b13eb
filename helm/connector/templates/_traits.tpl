{{/* What is particular about this service; the library does the rest. */}}
{{- define "connector.traits" -}}
prefix: CONNECTOR
ports: { grpc: 7005, ops: 8005 }
secretKeys: [NATS_URL, CONNECTOR_DATABASE_URL, CONNECTOR_API_KEY]
calls: [credential]
natsReplicasVariable: SWITCHYARD_NATS_REPLICAS
drainPhases: 1
# Its connections trust these authorities beside the usual ones.
caVariable: CONNECTOR_CA_FILE
{{- end -}}
