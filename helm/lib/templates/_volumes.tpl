{{/* A Secret's values as files that only the pod's group can read (288 is 0440). Takes a dictionary of secretName and keys. */}}
{{- define "switchyard-lib.secretVolume" -}}
- name: secret
  secret:
    secretName: {{ .secretName }}
    defaultMode: 288
    items:
      {{- range .keys }}
      - key: {{ . }}
        path: {{ . }}
      {{- end }}
{{- end -}}

{{- define "switchyard-lib.caVolume" -}}
{{- with .Values.trustedCa }}
{{- if .existingConfigMap }}
- name: ca
  configMap:
    name: {{ .existingConfigMap }}
    items:
      - key: {{ .key }}
        path: ca.crt
{{- end }}
{{- end }}
{{- end -}}

{{- define "switchyard-lib.overlayVolume" -}}
{{- with .Values.catalogOverlay }}
{{- if .existingConfigMap }}
- name: catalog
  configMap:
    name: {{ .existingConfigMap }}
    items:
      - key: {{ .key }}
        path: overlay.yaml
{{- end }}
{{- end }}
{{- end -}}

{{- define "switchyard-lib.overlayMount" -}}
{{- if (.Values.catalogOverlay | default dict).existingConfigMap }}
- name: catalog
  mountPath: {{ dir (include "switchyard-lib.overlayFile" .) }}
  readOnly: true
{{- end }}
{{- end -}}

{{/* Mounts of what every container reads. */}}
{{- define "switchyard-lib.readMounts" -}}
- name: secret
  mountPath: {{ include "switchyard-lib.secretDirectory" . }}
  readOnly: true
{{- if .Values.trustedCa.existingConfigMap }}
- name: ca
  mountPath: {{ dir (include "switchyard-lib.caFile" .) }}
  readOnly: true
{{- end }}
{{- end -}}

{{/* The service's state where it has one and it is not kept: it outlives a crash of the container, not the pod. */}}
{{- define "switchyard-lib.stateVolume" -}}
- name: state
  emptyDir:
    {{- if .Values.persistence.emptyDirSizeLimit }}
    sizeLimit: {{ .Values.persistence.emptyDirSizeLimit }}
    {{- else }} {}
    {{- end }}
{{- end -}}

{{- define "switchyard-lib.stateClaim" -}}
- metadata:
    name: state
    labels:
      {{- include "switchyard-lib.selectorLabels" . | nindent 6 }}
  spec:
    accessModes: [ReadWriteOnce]
    {{- with .Values.persistence.storageClassName }}
    storageClassName: {{ . }}
    {{- end }}
    resources:
      requests:
        storage: {{ .Values.persistence.size }}
{{- end -}}
