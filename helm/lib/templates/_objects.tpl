{{/* Everything that a service's chart makes. */}}
{{- define "switchyard-lib.objects" -}}
{{- $ports := (include "switchyard-lib.traits" . | fromYaml).ports -}}
{{- $objects := list "serviceAccount" "configMap" "headlessService" "workload" -}}
{{- if $ports.http }}{{ $objects = append $objects "httpService" }}{{ end -}}
{{- if .Values.migration.enabled }}{{ $objects = append $objects "migration" }}{{ end -}}
{{- if .Values.podDisruptionBudget.enabled }}{{ $objects = append $objects "disruptionBudget" }}{{ end -}}
{{- if .Values.autoscaling.enabled }}{{ $objects = append $objects "autoscaler" }}{{ end -}}
{{- if .Values.serviceMonitor.enabled }}{{ $objects = append $objects "serviceMonitor" }}{{ end -}}
{{- if .Values.networkPolicy.enabled }}
{{- $objects = append $objects "networkPolicy" }}
{{- if .Values.migration.enabled }}{{ $objects = append $objects "migrationNetworkPolicy" }}{{ end -}}
{{- end -}}
{{- range $objects }}
---
{{ include (printf "switchyard-lib.%s" .) $ }}
{{- end }}
{{- end -}}
