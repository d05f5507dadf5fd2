{{- /* Names and labels. Those of a role take (dict "root" $ "role" "api"); the role "all" has no part in names. */ -}}
{{- define "nautes.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "nautes.roleName" -}}
{{- $name := include "nautes.fullname" .root -}}
{{- eq .role "all" | ternary $name (printf "%s-%s" $name .role) -}}
{{- end -}}

{{- define "nautes.serviceAccountName" -}}
{{- $name := default (include "nautes.fullname" .root) .root.Values.serviceAccount.name -}}
{{- eq .role "all" | ternary $name (printf "%s-%s" $name .role) -}}
{{- end -}}

{{- define "nautes.selector" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "nautes.labels" -}}
{{ include "nautes.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: nautes
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* The lines of metadata that every object has: name, namespace, labels, annotations. (dict "root" "name" "labels" "annotations") */ -}}
{{- define "nautes.metadata" -}}
name: {{ .name }}
namespace: {{ .namespace | default .root.Release.Namespace }}
labels:
  {{- include "nautes.labels" .root | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with merge dict (.annotations | default dict) .root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "nautes.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* The roles that have a Deployment each, as a JSON list. */ -}}
{{- define "nautes.roles" -}}
{{- eq .Values.roles "split" | ternary (list "api" "controllers") (list "all") | toJson -}}
{{- end -}}

{{- define "nautes.replicas" -}}
{{- if eq .role "all" -}}
{{- .root.Values.replicas -}}
{{- else -}}
{{- (index .root.Values .role).replicas -}}
{{- end -}}
{{- end -}}

{{- /* "true" when state is in objects of this cluster, "" when it is in the data directory. */ -}}
{{- define "nautes.sharedState" -}}
{{- if eq (.Values.config.storage | default "embedded") "kubernetes" }}true{{ end -}}
{{- end -}}

{{- /* "true" when the server calls the API server of the cluster that it runs in. */ -}}
{{- define "nautes.inCluster" -}}
{{- $management := .Values.config.management | default dict -}}
{{- $elsewhere := or $management.kubeconfig $management.cluster -}}
{{- if and (or (include "nautes.sharedState" .) $management) (not $elsewhere) }}true{{ end -}}
{{- end -}}

{{- /* "true" for `auto` in a cluster with the API, or for true. (dict "root" "enabled" "api") */ -}}
{{- define "nautes.enabled" -}}
{{- if eq (toString .enabled) "auto" -}}
{{- if .root.Capabilities.APIVersions.Has .api }}true{{ end -}}
{{- else if eq (toString .enabled) "true" -}}
true
{{- end -}}
{{- end -}}

{{- /* "true" when the Pods need the token of their ServiceAccount: for the API server, or to log in to Vault. */ -}}
{{- define "nautes.needsToken" -}}
{{- $auth := dig "vault" "auth" dict (.Values.config.secrets | default dict) -}}
{{- $withVault := and (eq ($auth.method | default "") "kubernetes") (not $auth.jwtFile) -}}
{{- if or (include "nautes.inCluster" .) $withVault }}true{{ end -}}
{{- end -}}
