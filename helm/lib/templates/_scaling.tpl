{{- define "switchyard-lib.disruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "switchyard-lib.name" . }}
  labels:
    {{- include "switchyard-lib.labels" . | nindent 4 }}
spec:
  maxUnavailable: {{ int .Values.podDisruptionBudget.maxUnavailable }}
  # A pod that is not ready must not hold up the node's drain.
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "switchyard-lib.selectorLabels" . | nindent 6 }}
{{- end -}}

{{- define "switchyard-lib.autoscaler" -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "switchyard-lib.name" . }}
  labels:
    {{- include "switchyard-lib.labels" . | nindent 4 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: {{ include "switchyard-lib.workloadKind" . }}
    name: {{ include "switchyard-lib.name" . }}
  minReplicas: {{ int .Values.autoscaling.minReplicas }}
  maxReplicas: {{ int .Values.autoscaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: { type: Utilization, averageUtilization: {{ int .Values.autoscaling.targetCpuPercent }} }
    {{- with .Values.autoscaling.metrics }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{- define "switchyard-lib.serviceMonitor" -}}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: {{ include "switchyard-lib.name" . }}
  labels:
    {{- include "switchyard-lib.labels" . | nindent 4 }}
    {{- with .Values.serviceMonitor.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  selector:
    matchLabels:
      {{- include "switchyard-lib.selectorLabels" . | nindent 6 }}
      switchyard.io/service: grpc
  endpoints:
    - port: ops
      path: /metrics
      interval: {{ int .Values.serviceMonitor.intervalSeconds }}s
{{- end -}}
