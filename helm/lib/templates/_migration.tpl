{{/*
Brings the schema up to date before new pods start: expand first, contract in a later release, so that the old pods work
on. Its Secret alone has the rights of the tables' owner.
*/}}
{{- define "switchyard-lib.migration" -}}
{{- $prefix := (include "switchyard-lib.traits" . | fromYaml).prefix -}}
{{- $keys := list (printf "%s_MIGRATION_DATABASE_URL" $prefix) (printf "%s_DATABASE_PASSWORD" $prefix) -}}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ include "switchyard-lib.name" . }}-migration
  labels:
    {{- include "switchyard-lib.migrationLabels" . | nindent 4 }}
  annotations:
    {{- include "switchyard-lib.hook" "0" | nindent 4 }}
spec:
  backoffLimit: {{ int .Values.migration.backoffLimit }}
  activeDeadlineSeconds: {{ int .Values.migration.activeDeadlineSeconds }}
  template:
    metadata:
      labels:
        {{- include "switchyard-lib.migrationLabels" . | nindent 8 }}
    spec:
      # The service's own account does not exist yet at the first install.
      serviceAccountName: default
      automountServiceAccountToken: false
      enableServiceLinks: false
      restartPolicy: Never
      securityContext:
        {{- include "switchyard-lib.podSecurityContext" . | nindent 8 }}
      {{- include "switchyard-lib.pullSecrets" . | nindent 6 }}
      containers:
        - name: migration
          image: {{ include "switchyard-lib.image" . | quote }}
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          args: [migrate.mjs]
          env:
            {{- range $keys }}
            - name: {{ . }}_FILE
              value: {{ include "switchyard-lib.secretDirectory" $ }}/{{ . }}
            {{- end }}
            {{- if .Values.trustedCa.existingConfigMap }}
            - name: NODE_EXTRA_CA_CERTS
              value: {{ include "switchyard-lib.caFile" . }}
            {{- end }}
          resources:
            {{- toYaml .Values.migration.resources | nindent 12 }}
          securityContext:
            {{- include "switchyard-lib.containerSecurityContext" . | nindent 12 }}
          volumeMounts:
            {{- include "switchyard-lib.readMounts" . | nindent 12 }}
      volumes:
        {{- include "switchyard-lib.secretVolume" (dict "secretName" .Values.migration.existingSecret "keys" $keys) | nindent 8 }}
        {{- include "switchyard-lib.caVolume" . | nindent 8 }}
{{- end -}}

{{/* Annotations of what runs before an install and an upgrade; kept when it failed, so that its log can be read. Takes its weight. */}}
{{- define "switchyard-lib.hook" -}}
helm.sh/hook: pre-install,pre-upgrade
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end -}}
