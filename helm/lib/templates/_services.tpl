{{/* Headless, so that gRPC clients see every pod's address and spread calls over them; one connection carries them all. */}}
{{- define "switchyard-lib.headlessService" -}}
{{- $traits := include "switchyard-lib.traits" . | fromYaml -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "switchyard-lib.name" . }}
  labels:
    {{- include "switchyard-lib.labels" . | nindent 4 }}
    switchyard.io/service: grpc
spec:
  clusterIP: None
  selector:
    {{- include "switchyard-lib.selectorLabels" . | nindent 4 }}
  ports:
    - { name: grpc, port: {{ int $traits.ports.grpc }}, targetPort: grpc, appProtocol: grpc }
    - { name: ops, port: {{ int $traits.ports.ops }}, targetPort: ops, appProtocol: http }
{{- end -}}

{{/* With one address, for HTTP clients and for an ingress. */}}
{{- define "switchyard-lib.httpService" -}}
{{- $traits := include "switchyard-lib.traits" . | fromYaml -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "switchyard-lib.name" . }}-http
  labels:
    {{- include "switchyard-lib.labels" . | nindent 4 }}
spec:
  type: ClusterIP
  selector:
    {{- include "switchyard-lib.selectorLabels" . | nindent 4 }}
  ports:
    - { name: http, port: {{ int $traits.ports.http }}, targetPort: http, appProtocol: http }
{{- end -}}

{{- define "switchyard-lib.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "switchyard-lib.name" . }}
  labels:
    {{- include "switchyard-lib.labels" . | nindent 4 }}
  {{- with .Values.serviceAccount.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
# No service speaks to Kubernetes.
automountServiceAccountToken: false
{{- end -}}
