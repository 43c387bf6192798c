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
	lines := []string{
		`hs = {status = "Progressing", message = "status.state is not set yet"}`,
		`if obj.status == nil or obj.status.state == nil then return hs end`,
		`hs.message = "status.state is " .. obj.status.state`,
		`if obj.status.state == ` + strconv.Quote(state.Ready) + ` then hs.status = "Healthy" end`,
	}
	if len(state.Waits) > 0 {
		lines = append(lines, `for _, condition in ipairs(obj.status.conditions or {}) do`)
		for _, reason := range state.Waits {
			lines = append(lines, `  if condition.reason == `+strconv.Quote(reason)+` then hs = {status = "Progressing", message = condition.message} end`)
		}
		lines = append(lines, `end`)
	}
	return strings.Join(append(lines, "return hs\n"), "\n")
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
