{{- /* The server's configuration file: `config`, and what follows from the rest of the values. */ -}}
{{- define "nautes.configuration" -}}
{{- $config := deepCopy .Values.config -}}
{{- $secrets := .Values.existingSecrets -}}
{{- $set := dict "dataDirectory" "/var/lib/nautes" "listen" "0.0.0.0:8000" "metrics" (dict "listen" "0.0.0.0:9090") -}}
{{- if $secrets.gitToken.name -}}
{{- $set = merge $set (dict "git" (dict "tokenFile" "/etc/nautes/secrets/git/token")) -}}
{{- end -}}
{{- if $secrets.gitSsh.name -}}
{{- $directory := "/etc/nautes/secrets/ssh" -}}
{{- $files := dict "sshKeyFile" (printf "%s/key" $directory) "knownHostsFile" (printf "%s/known_hosts" $directory) -}}
{{- $set = merge $set (dict "git" $files) -}}
{{- end -}}
{{- if $secrets.proxy.name -}}
{{- $set = merge $set (dict "proxies" (dict "credentialsFile" "/etc/nautes/secrets/proxy/credentials")) -}}
{{- end -}}
{{- if $secrets.webhook.name -}}
{{- $set = merge $set (dict "webhooks" (dict "secretFile" "/etc/nautes/secrets/webhook/secret")) -}}
{{- end -}}
{{- if $secrets.oauthClient.name -}}
{{- $set = merge $set (dict "identity" (dict "oauthClientSecretFile" "/etc/nautes/secrets/oauth/secret")) -}}
{{- end -}}
{{- if $secrets.sealingKey.name -}}
{{- $set = merge $set (dict "secrets" (dict "keyFile" "/etc/nautes/secrets/sealing/key")) -}}
{{- end -}}
{{- if $secrets.tls.name -}}
{{- $directory := "/etc/nautes/secrets/tls" -}}
{{- $files := dict "mode" "files" "certificateFile" (printf "%s/tls.crt" $directory) "keyFile" (printf "%s/tls.key" $directory) -}}
{{- $set = merge $set (dict "tls" $files) -}}
{{- end -}}
{{- if include "nautes.inCluster" . -}}
{{- $set = merge $set (dict "management" (dict "inCluster" true "namespace" .Release.Namespace)) -}}
{{- end -}}
{{- mergeOverwrite $config $set | toYaml -}}
{{- end -}}

{{- /* "HTTPS" or "HTTP": how the API is served. */ -}}
{{- define "nautes.scheme" -}}
{{- $tls := .Values.config.tls | default dict -}}
{{- if or .Values.existingSecrets.tls.name (ne ($tls.mode | default "off") "off") }}HTTPS{{ else }}HTTP{{ end -}}
{{- end -}}
