{{- define "sample.name" -}}
{{ default .Chart.Name .Values.nameOverride | trunc 63 }}
{{- end }}
{{- define "sample.never" -}}
{{ .Values.fullnameOverride }}
{{- end }}
{{- define "sample.image" -}}
{{ .root.Values.operator.repository }}/{{ get .of "image" }}:{{ .of.tag | default .root.Chart.AppVersion }}
{{- end }}
{{- define "sample.secrets" -}}
{{- $secrets := list }}
{{- range .Values.operator.pullSecrets }}{{ $secrets = append $secrets (dict "name" .) }}{{ end }}
{{- $secrets | toJson }}
{{- end }}
{{- define "gpu-operator.operand-labels" -}}
app: {{ include "sample.name" . }}
{{- end }}
