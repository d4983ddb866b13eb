{{/*
Where a service is reached: what the values say, else the service of this name in the same installation.
Takes a dictionary of root and service.
*/}}
{{- define "switchyard-lib.address" -}}
{{- $ports := dict "routing" 7001 "health-probe" 7002 "cost-accounting" 7003 "credential" 7004 "connector" 7005 -}}
{{- $given := get (.root.Values.addresses | default dict) .service -}}
{{- $given | default (printf "%s-%s:%v" (include "switchyard-lib.installation" .root) .service (get $ports .service)) -}}
{{- end -}}

{{/* Folder that a Secret's values are mounted in, each as a file of its name: nothing secret is in the environment. */}}
{{- define "switchyard-lib.secretDirectory" -}}/etc/switchyard/secret{{- end -}}

{{/* File with the authorities that are trusted beside the usual ones. */}}
{{- define "switchyard-lib.caFile" -}}/etc/switchyard/ca/ca.crt{{- end -}}

{{/* File with the operator's own models and prices. */}}
{{- define "switchyard-lib.overlayFile" -}}/etc/switchyard/catalog/overlay.yaml{{- end -}}

{{/* All variables of a service, as the data of its ConfigMap. */}}
{{- define "switchyard-lib.environment" -}}
{{- $root := . -}}
{{- $traits := include "switchyard-lib.traits" . | fromYaml -}}
{{- $prefix := $traits.prefix -}}
{{ $prefix }}_HOST: "0.0.0.0"
{{- range $name, $port := $traits.ports }}
{{ $prefix }}_{{ upper $name }}_PORT: {{ int $port | quote }}
{{- end }}
{{ $prefix }}_DRAIN_WAIT_MS: {{ int .Values.drain.waitMs | quote }}
{{ $prefix }}_DRAIN_GRACE_MS: {{ int .Values.drain.graceMs | quote }}
{{- range $traits.calls }}
SWITCHYARD_{{ . | replace "-" "_" | upper }}_ADDRESS: {{ include "switchyard-lib.address" (dict "root" $root "service" .) | quote }}
{{- end }}
SWITCHYARD_LOG_LEVEL: {{ .Values.global.logLevel | quote }}
SWITCHYARD_SUBJECT_PREFIX: {{ .Values.global.subjectPrefix | quote }}
{{ $traits.natsReplicasVariable }}: {{ int .Values.global.natsReplicas | quote }}
{{- range $traits.secretKeys }}
{{ . }}_FILE: {{ include "switchyard-lib.secretDirectory" $root }}/{{ . }}
{{- end }}
{{- with $traits.stateDirectory }}
{{ $prefix }}_STATE_DIR: {{ . }}
{{- end }}
{{- if (.Values.catalogOverlay | default dict).existingConfigMap }}
{{ $prefix }}_CATALOG_OVERLAY: {{ include "switchyard-lib.overlayFile" . }}
{{- end }}
{{- with .Values.global.otlpEndpoint }}
OTEL_EXPORTER_OTLP_ENDPOINT: {{ . | quote }}
{{- end }}
{{- if .Values.trustedCa.existingConfigMap }}
NODE_EXTRA_CA_CERTS: {{ include "switchyard-lib.caFile" . }}
{{- with $traits.caVariable }}
{{ . }}: {{ include "switchyard-lib.caFile" $root }}
{{- end }}
{{- end }}
{{- range $name, $value := .Values.settings }}
{{ $name }}: {{ if kindIs "float64" $value }}{{ int64 $value | quote }}{{ else }}{{ toString $value | quote }}{{ end }}
{{- end }}
{{- end -}}

{{- define "switchyard-lib.configMap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "switchyard-lib.name" . }}
  labels:
    {{- include "switchyard-lib.labels" . | nindent 4 }}
data:
  {{- include "switchyard-lib.environment" . | nindent 2 }}
{{- end -}}
