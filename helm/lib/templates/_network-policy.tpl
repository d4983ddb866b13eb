{{/* Names are looked up wherever the cluster's DNS is. */}}
{{- define "switchyard-lib.dnsRule" -}}
- ports:
    - { protocol: UDP, port: 53 }
    - { protocol: TCP, port: 53 }
{{- end -}}

{{/* To a server outside the charts. Takes a dictionary of port and to; with an empty to, at any address. */}}
{{- define "switchyard-lib.serverRule" -}}
- ports:
    - { protocol: TCP, port: {{ int .port }} }
  {{- with .to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/*
To the internet, and to nothing that only looks like it: private, loopback, link-local (the cloud's metadata service),
shared, documentation and multicast addresses are left out, as in the services' own rules.
*/}}
{{- define "switchyard-lib.internetRule" -}}
- ports:
    {{- range .ports }}
    - { protocol: TCP, port: {{ int . }} }
    {{- end }}
  to:
    - ipBlock:
        cidr: 0.0.0.0/0
        except: [0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.0.0.0/24, 192.0.2.0/24, 192.168.0.0/16, 198.18.0.0/15, 198.51.100.0/24, 203.0.113.0/24, 224.0.0.0/3]
    - ipBlock:
        cidr: 2000::/3
        except: ["2001:db8::/32", "2002::/16"]
{{- end -}}

{{- define "switchyard-lib.ingressRules" -}}
{{- $ports := (include "switchyard-lib.traits" . | fromYaml).ports -}}
- ports:
    - { protocol: TCP, port: grpc }
  from:
    - podSelector:
        matchLabels:
          {{- include "switchyard-lib.installationLabels" . | nindent 10 }}
          app.kubernetes.io/component: service
    {{- with .Values.networkPolicy.clients }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- if and $ports.http .Values.networkPolicy.clients }}
- ports:
    - { protocol: TCP, port: http }
  from:
    {{- toYaml .Values.networkPolicy.clients | nindent 4 }}
{{- end }}
{{- with .Values.networkPolicy.scrapers }}
- ports:
    - { protocol: TCP, port: ops }
  from:
    {{- toYaml . | nindent 4 }}
{{- end }}
{{- end -}}

{{- define "switchyard-lib.egressRules" -}}
{{- $policy := .Values.networkPolicy -}}
{{- include "switchyard-lib.dnsRule" . }}
{{ include "switchyard-lib.serverRule" $policy.postgres }}
{{ include "switchyard-lib.serverRule" $policy.nats }}
{{- if (.Values.redis | default dict).enabled }}
{{ include "switchyard-lib.serverRule" $policy.redis }}
{{- end }}
{{- range (include "switchyard-lib.traits" . | fromYaml).calls }}
# {{ . }}
- ports:
    - { protocol: TCP, port: grpc }
  to:
    - podSelector:
        matchLabels:
          {{- include "switchyard-lib.installationLabels" $ | nindent 10 }}
          app.kubernetes.io/name: {{ . }}
          app.kubernetes.io/component: service
{{- end }}
{{- if .Values.global.otlpEndpoint }}
{{ include "switchyard-lib.serverRule" $policy.otlp }}
{{- end }}
{{- if ($policy.internet | default dict).enabled }}
{{ include "switchyard-lib.internetRule" $policy.internet }}
{{- end }}
{{- with $policy.extraEgress }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "switchyard-lib.networkPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "switchyard-lib.name" . }}
  labels:
    {{- include "switchyard-lib.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "switchyard-lib.selectorLabels" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    {{- include "switchyard-lib.ingressRules" . | nindent 4 }}
  egress:
    {{- include "switchyard-lib.egressRules" . | nindent 4 }}
{{- end -}}

{{/* Before the migration runs: nothing in, and only the database out. */}}
{{- define "switchyard-lib.migrationNetworkPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "switchyard-lib.name" . }}-migration
  labels:
    {{- include "switchyard-lib.migrationLabels" . | nindent 4 }}
  annotations:
    {{- include "switchyard-lib.hook" "-5" | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "switchyard-lib.installationLabels" . | nindent 6 }}
      app.kubernetes.io/name: {{ .Chart.Name }}
      app.kubernetes.io/component: migration
  policyTypes: [Ingress, Egress]
  ingress: []
  egress:
    {{- include "switchyard-lib.dnsRule" . | nindent 4 }}
    {{- include "switchyard-lib.serverRule" .Values.networkPolicy.postgres | nindent 4 }}
{{- end -}}
