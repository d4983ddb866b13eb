{{/* A Deployment; a StatefulSet where each replica has a volume of its own that is kept. */}}
{{- define "switchyard-lib.workload" -}}
{{- if include "switchyard-lib.isPersistent" . -}}
{{ include "switchyard-lib.statefulSet" . }}
{{- else -}}
{{ include "switchyard-lib.deployment" . }}
{{- end -}}
{{- end -}}

{{- define "switchyard-lib.workloadKind" -}}
{{ if include "switchyard-lib.isPersistent" . }}StatefulSet{{ else }}Deployment{{ end }}
{{- end -}}

{{- define "switchyard-lib.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "switchyard-lib.name" . }}
  labels:
    {{- include "switchyard-lib.labels" . | nindent 4 }}
spec:
  {{- if not .Values.autoscaling.enabled }}
  replicas: {{ int .Values.replicas }}
  {{- end }}
  revisionHistoryLimit: 5
  # Longer than a client's first pause between two tries to connect: a roll leaves each client a replica that it knows.
  minReadySeconds: 5
  # A new pod is ready before an old one goes.
  strategy:
    type: RollingUpdate
    rollingUpdate: { maxSurge: 1, maxUnavailable: 0 }
  selector:
    matchLabels:
      {{- include "switchyard-lib.selectorLabels" . | nindent 6 }}
  template:
    {{- include "switchyard-lib.podTemplate" . | nindent 4 }}
{{- end -}}

{{- define "switchyard-lib.statefulSet" -}}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ include "switchyard-lib.name" . }}
  labels:
    {{- include "switchyard-lib.labels" . | nindent 4 }}
spec:
  {{- if not .Values.autoscaling.enabled }}
  replicas: {{ int .Values.replicas }}
  {{- end }}
  revisionHistoryLimit: 5
  # Longer than a client's first pause between two tries to connect: a roll leaves each client a replica that it knows.
  minReadySeconds: 5
  serviceName: {{ include "switchyard-lib.name" . }}
  # Replicas don't know each other, so none waits for another at the start.
  podManagementPolicy: Parallel
  # What the ledger does not have yet may be on it.
  persistentVolumeClaimRetentionPolicy: { whenDeleted: Retain, whenScaled: Retain }
  selector:
    matchLabels:
      {{- include "switchyard-lib.selectorLabels" . | nindent 6 }}
  template:
    {{- include "switchyard-lib.podTemplate" . | nindent 4 }}
  volumeClaimTemplates:
    {{- include "switchyard-lib.stateClaim" . | nindent 4 }}
{{- end -}}
