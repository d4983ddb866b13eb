{{/* The installation that this belongs to: what names begin with, and what services find each other by. */}}
{{- define "switchyard-lib.installation" -}}
{{- .Values.global.installation | default .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* Name of all objects of a service. */}}
{{- define "switchyard-lib.name" -}}
{{ include "switchyard-lib.installation" . }}-{{ .Chart.Name }}
{{- end -}}

{{/* What a service's traits file says about it, as YAML. */}}
{{- define "switchyard-lib.traits" -}}
{{ include (printf "%s.traits" .Chart.Name) . }}
{{- end -}}

{{/* Labels of all pods of an installation, by which network policies know them. */}}
{{- define "switchyard-lib.installationLabels" -}}
app.kubernetes.io/part-of: switchyard
app.kubernetes.io/instance: {{ include "switchyard-lib.installation" . }}
{{- end -}}

{{/* Labels that a service's pods are selected by; they can never change. The migration's pods have another component. */}}
{{- define "switchyard-lib.selectorLabels" -}}
{{ include "switchyard-lib.installationLabels" . }}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/component: service
{{- end -}}

{{- define "switchyard-lib.commonLabels" -}}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{- define "switchyard-lib.labels" -}}
{{ include "switchyard-lib.selectorLabels" . }}
{{ include "switchyard-lib.commonLabels" . }}
{{- end -}}

{{- define "switchyard-lib.migrationLabels" -}}
{{ include "switchyard-lib.installationLabels" . }}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/component: migration
{{ include "switchyard-lib.commonLabels" . }}
{{- end -}}
