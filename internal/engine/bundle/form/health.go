// SPDX-License-Identifier: Apache-2.0

package form

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
)

// lua is the health check of a state as Argo CD runs it.
func lua(state component.State) string {
	var waits strings.Builder
	for _, reason := range state.Waits {
		fmt.Fprintf(&waits, "    if condition.reason == %s then waits = true end\n", strconv.Quote(reason))
	}
	if waits.Len() > 0 {
		return fmt.Sprintf(`hs = {status = "Progressing", message = "status.state is not set yet"}
if obj.status ~= nil and obj.status.state ~= nil then
  hs.message = "status.state is " .. obj.status.state
  waits = false
  for _, condition in ipairs(obj.status.conditions or {}) do
%s  end
  if obj.status.state == %s and not waits then hs.status = "Healthy" end
end
return hs
`, waits.String(), strconv.Quote(state.Ready))
	}
	return fmt.Sprintf(`hs = {status = "Progressing", message = "status.state is not set yet"}
if obj.status ~= nil and obj.status.state ~= nil then
  hs.message = "status.state is " .. obj.status.state
  if obj.status.state == %s then hs.status = "Healthy" end
end
return hs
`, strconv.Quote(state.Ready))
}

// cel is the same as Flux evaluates it. While there is no status the expression is an
// error, which Flux takes for false.
func cel(state component.State) string {
	expression := "status.state == " + strconv.Quote(state.Ready)
	if len(state.Waits) > 0 {
		reasons := make([]string, len(state.Waits))
		for i, reason := range state.Waits {
			reasons[i] = strconv.Quote(reason)
		}
		expression += fmt.Sprintf(" && (!has(status.conditions) || !status.conditions.exists(c, c.reason in [%s]))", strings.Join(reasons, ", "))
	}
	return expression
}
