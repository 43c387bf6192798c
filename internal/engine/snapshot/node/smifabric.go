// SPDX-License-Identifier: Apache-2.0

package node

// smiFabric is how a GPU stands with the fabric manager of its NVLink fabric.
type smiFabric struct {
	State   string `xml:"state"` // Completed, In Progress, Not Started
	Status  string `xml:"status"`
	Summary string `xml:"health>summary"` // Healthy, Unhealthy, Limited Capacity
	// Drivers before 580 have no summary.
	Bandwidth     string `xml:"health>bandwidth"` // Full, Degraded
	Route         string `xml:"health>route_unhealthy"`
	Recovering    string `xml:"health>route_recovery_in_progress"`
	Timeout       string `xml:"health>access_timeout_recovery"`
	Configuration string `xml:"health>incorrect_configuration"`
}

// status returns Success, or Failure where the handshake is completed and the
// status is an error of NVML.
func (f smiFabric) status() string {
	if smiText(f.State) == "Completed" && smiError(f.Status) {
		return "Failure"
	}
	return f.Status
}

// health returns the summary, or what the single conditions amount to when one
// is bad.
func (f smiFabric) health() string {
	const yes = "True"
	switch {
	case smiText(f.Summary) != "":
		return f.Summary
	case f.Route == yes, f.Timeout == yes, smiText(unlessNone(f.Configuration)) != "":
		return "Unhealthy"
	case f.Bandwidth == "Degraded", f.Recovering == yes:
		return "Limited Capacity"
	default:
		return ""
	}
}
