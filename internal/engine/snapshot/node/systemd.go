// SPDX-License-Identifier: Apache-2.0

package node

import (
	"context"
	"errors"
	"fmt"
	"os/exec"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// unitReader returns the reader of one unit's properties. They come over D-Bus
// and only where that does not answer from systemctl, which knows no host root.
// A unit that is not loaded, because it does not exist or is masked, is left
// out: systemd would tell hundreds of defaults.
func unitReader(unit string) reader {
	return func(ctx context.Context, host *files) (map[string]data, error) {
		properties, err := unitProperties(ctx, host, unit)
		if err != nil || properties == nil {
			return nil, err
		}
		if state := properties["LoadState"]; state != measurement.Str("loaded") {
			host.note(unitState(unit, state))
			return nil, nil
		}
		return map[string]data{unit: properties}, nil
	}
}

func unitState(unit string, state measurement.Reading) string {
	switch state {
	case measurement.Str("not-found"):
		return "the unit " + unit + " does not exist"
	case nil:
		return "systemd tells nothing of " + unit
	default:
		return fmt.Sprintf("the unit %s is left out: its LoadState is %s", unit, state)
	}
}

// unitProperties asks whoever answers. Nothing and no error mean that the
// machine does not run systemd.
func unitProperties(ctx context.Context, host *files, unit string) (data, error) {
	var failed []error
	for _, bus := range buses() {
		if !host.exists(bus.socket) {
			continue
		}
		properties, err := bus.properties(ctx, host, unit)
		if err == nil {
			return properties, nil
		}
		failed = append(failed, fmt.Errorf("asking systemd over %s: %w", bus.socket, err))
		if ctx.Err() != nil {
			return nil, errors.Join(failed...)
		}
	}
	// The test that sd_booted(3) makes.
	if len(failed) == 0 && !host.exists("/run/systemd/system") {
		host.note("this machine does not run systemd: there is no /run/systemd/system")
		return nil, nil
	}
	properties, err := showUnit(ctx, host, unit)
	if err != nil {
		return nil, errors.Join(append(failed, err)...)
	}
	return properties, nil
}

// showUnit asks systemctl.
func showUnit(ctx context.Context, host *files, unit string) (data, error) {
	if !host.local {
		return nil, errors.New("no D-Bus socket below the host root answers, and systemctl can only ask the systemd of its own container: mount the host's /run")
	}
	command, err := exec.LookPath("systemctl")
	if err != nil {
		return nil, fmt.Errorf("no D-Bus socket of systemd answers, and there is no systemctl either: %w", err)
	}
	output, err := runTool(ctx, exec.CommandContext(ctx, command, "show", "--all", "--no-pager", "--", unit)) //nolint:gosec // the user names the unit
	if err != nil {
		return nil, err
	}
	return shownProperties(validText(output)), nil
}
