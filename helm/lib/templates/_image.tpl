{{/* The image. A registry is required: without one, a name would mean somebody else's image on Docker Hub. */}}
{{- define "switchyard-lib.image" -}}
{{- $image := .Values.image -}}
{{- $registry := $image.registry | default .Values.global.imageRegistry | required "set global.imageRegistry (or image.registry): the registry that you pushed Switchyard's images to" -}}
{{- if $image.digest -}}
{{ $registry }}/{{ $image.repository }}@{{ $image.digest }}
{{- else -}}
{{ $registry }}/{{ $image.repository }}:{{ $image.tag | default .Values.global.imageTag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- define "switchyard-lib.pullSecrets" -}}
{{- with .Values.global.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}
