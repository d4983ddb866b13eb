{{- define "switchyard-lib.notes" -}}
{{- $ports := (include "switchyard-lib.traits" . | fromYaml).ports -}}
{{- $name := include "switchyard-lib.name" . -}}
{{ .Chart.Name }} {{ .Chart.AppVersion }}: gRPC at {{ $name }}.{{ .Release.Namespace }}.svc:{{ $ports.grpc }}
{{- with $ports.http }}, HTTP at {{ $name }}-http.{{ $.Release.Namespace }}.svc:{{ . }}{{ end }}

How it does:  kubectl -n {{ .Release.Namespace }} rollout status {{ include "switchyard-lib.workloadKind" . | lower }}/{{ $name }}
{{- if and (eq .Chart.Name "routing") (not (include "switchyard-lib.isPersistent" .)) }}

Usage that the ledger does not have yet is in an emptyDir: it outlives a crash of the container and is handed over when
the pod ends, but it is lost with the node while NATS is away. persistence.enabled=true keeps it on a volume.
{{- end }}
{{- end -}}
