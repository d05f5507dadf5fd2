{{- /* Subjects of a RoleBinding: the ServiceAccounts of the roles. (dict "root" $ "roles" list) */ -}}
{{- define "nautes.subjects" -}}
{{- range .roles }}
- kind: ServiceAccount
  name: {{ include "nautes.serviceAccountName" (dict "root" $.root "role" .) }}
  namespace: {{ $.root.Release.Namespace }}
{{- end }}
{{- end -}}

{{- /* The roles that publish: those with controllers. */ -}}
{{- define "nautes.publishers" -}}
{{- eq .Values.roles "split" | ternary (list "controllers") (list "all") | toJson -}}
{{- end -}}

{{- /*
What a file of deploy/publishing asks for, for this release and a namespace: its names, namespaces, subjects and the user of
its admission policy are replaced. For the Pods that only read: (dict … "readers" list), without the rights to write and those to Secrets.
(dict "root" $ "file" "argocd.yaml" "namespace" "argocd" "without" (list "secrets") "reads" (list "clusters"))
*/ -}}
{{- define "nautes.publishing" -}}
{{- $root := .root -}}
{{- $name := printf "%s-%s%s" (include "nautes.fullname" $root) (trimSuffix ".yaml" .file) (ternary "-api" "" (hasKey . "readers")) -}}
{{- /* Objects without a namespace: there may be a release of the same name in another one. */ -}}
{{- $clusterName := printf "%s-%s" $root.Release.Namespace $name -}}
{{- $publishers := .readers | default (include "nautes.publishers" $root | fromJsonArray) -}}
{{- $without := ternary (list "secrets") (.without | default list) (hasKey . "readers") -}}
{{- $account := include "nautes.serviceAccountName" (dict "root" $root "role" (first $publishers)) -}}
{{- $user := printf "system:serviceaccount:%s:%s" $root.Release.Namespace $account -}}
{{- range $text := splitList "\n---\n" ($root.Files.Get (printf "files/publishing/%s" .file)) }}
{{- $object := fromYaml $text }}
{{- $kind := $object.kind }}
{{- $isRole := has $kind (list "Role" "RoleBinding") }}
{{- $metadata := dict "name" ($isRole | ternary $name $clusterName) "labels" (include "nautes.labels" $root | fromYaml) }}
{{- if $isRole }}{{ $_ := set $metadata "namespace" $.namespace }}{{ end }}
{{- $_ := set $object "metadata" $metadata }}
{{- if eq $kind "Role" }}
{{- $rules := list }}
{{- range $object.rules }}
{{- $rule := . }}
{{- if has (first .resources) ($.reads | default list) }}{{ $_ := set $rule "verbs" (list "get" "list") }}{{ end }}
{{- if hasKey $ "readers" }}
{{- $read := list }}
{{- range .verbs }}{{ if has . (list "get" "list") }}{{ $read = append $read . }}{{ end }}{{ end }}
{{- $_ := set $rule "verbs" $read }}
{{- end }}
{{- if and $rule.verbs (not (has (first .resources) $without)) }}{{ $rules = append $rules $rule }}{{ end }}
{{- end }}
{{- $_ := set $object "rules" $rules }}
{{- else if eq $kind "RoleBinding" }}
{{- $_ := set $object.roleRef "name" $name }}
{{- $_ := set $object "subjects" (include "nautes.subjects" (dict "root" $root "roles" $publishers) | fromYamlArray) }}
{{- else if eq $kind "ValidatingAdmissionPolicy" }}
{{- $_ := set $object.spec.matchConstraints.namespaceSelector.matchLabels "kubernetes.io/metadata.name" $.namespace }}
{{- $condition := first $object.spec.matchConditions }}
{{- $_ := set $condition "expression" (printf "request.userInfo.username == '%s'" $user) }}
{{- else if eq $kind "ValidatingAdmissionPolicyBinding" }}
{{- $_ := set $object.spec "policyName" $clusterName }}
{{- end }}
{{- if or $isRole (not (hasKey $ "readers")) }}
---
{{ toYaml $object }}
{{- end }}
{{- end }}
{{- end -}}
