{{/* Whether the state is on a volume that is kept. */}}
{{- define "switchyard-lib.isPersistent" -}}
{{- if (.Values.persistence | default dict).enabled }}true{{ end -}}
{{- end -}}

{{/*
Seconds until Kubernetes kills what has not ended: all phases of the drain with all the time they may take, and 15 s for
what comes after them (flushing traces, closing connections).
*/}}
{{- define "switchyard-lib.gracePeriodSeconds" -}}
{{- $traits := include "switchyard-lib.traits" . | fromYaml -}}
{{- $phaseMs := add (int64 .Values.drain.waitMs) (int64 .Values.drain.graceMs) -}}
{{- add (div (add (mul $phaseMs (int64 $traits.drainPhases)) 999) 1000) 15 -}}
{{- end -}}

{{- define "switchyard-lib.podTemplate" -}}
{{- $traits := include "switchyard-lib.traits" . | fromYaml -}}
metadata:
  labels:
    {{- include "switchyard-lib.labels" . | nindent 4 }}
  annotations:
    # A changed variable starts new pods. Changed Secrets need `kubectl rollout restart`.
    checksum/environment: {{ include "switchyard-lib.environment" . | sha256sum }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "switchyard-lib.name" . }}
  automountServiceAccountToken: false
  # Variables of the old links could take the names of ours.
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ include "switchyard-lib.gracePeriodSeconds" . }}
  securityContext:
    {{- include "switchyard-lib.podSecurityContext" . | nindent 4 }}
  {{- include "switchyard-lib.pullSecrets" . | nindent 2 }}
  containers:
    - name: {{ .Chart.Name }}
      {{- include "switchyard-lib.container" . | nindent 6 }}
  volumes:
    {{- include "switchyard-lib.secretVolume" (dict "secretName" .Values.existingSecret "keys" $traits.secretKeys) | nindent 4 }}
    {{- include "switchyard-lib.caVolume" . | nindent 4 }}
    {{- include "switchyard-lib.overlayVolume" . | nindent 4 }}
    {{- if and $traits.stateDirectory (not (include "switchyard-lib.isPersistent" .)) }}
    {{- include "switchyard-lib.stateVolume" . | nindent 4 }}
    {{- end }}
  {{- include "switchyard-lib.placement" . | nindent 2 }}
{{- end -}}

{{- define "switchyard-lib.container" -}}
{{- $traits := include "switchyard-lib.traits" . | fromYaml -}}
image: {{ include "switchyard-lib.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
args: [main.mjs]
envFrom:
  - configMapRef:
      name: {{ include "switchyard-lib.name" . }}
ports:
  {{- range $name, $port := $traits.ports }}
  - name: {{ $name }}
    containerPort: {{ int $port }}
  {{- end }}
# Dead only when the event loop stands still; what it stands on being away must not restart it.
livenessProbe:
  httpGet: { path: /livez, port: ops }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
# Follows what can be served, not what is up; off from the moment of SIGTERM.
readinessProbe:
  httpGet: { path: /readyz, port: ops }
  periodSeconds: 2
  timeoutSeconds: 2
  failureThreshold: 2
startupProbe:
  httpGet: { path: /livez, port: ops }
  periodSeconds: 1
  timeoutSeconds: 2
  failureThreshold: 60
resources:
  {{- toYaml .Values.resources | nindent 2 }}
securityContext:
  {{- include "switchyard-lib.containerSecurityContext" . | nindent 2 }}
volumeMounts:
  {{- include "switchyard-lib.readMounts" . | nindent 2 }}
  {{- include "switchyard-lib.overlayMount" . | nindent 2 }}
  {{- with $traits.stateDirectory }}
  - name: state
    mountPath: {{ . }}
  {{- end }}
{{- end -}}

{{- define "switchyard-lib.placement" -}}
{{- if .Values.topologySpread.enabled }}
topologySpreadConstraints:
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - topologyKey: {{ . }}
    maxSkew: 1
    whenUnsatisfiable: {{ $.Values.topologySpread.whenUnsatisfiable }}
    labelSelector:
      matchLabels:
        {{- include "switchyard-lib.selectorLabels" $ | nindent 8 }}
  {{- end }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
