// SPDX-License-Identifier: Apache-2.0

package component_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
)

// TestEveryComponentIsShown: a cluster shows each component by one mark that no other
// component has.
func TestEveryComponentIsShown(t *testing.T) {
	t.Parallel()
	set, err := component.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	marks := map[string]string{}
	for _, e := range set.Entries() {
		all := e.ShownImages()
		if e.Shown.Group != "" {
			all = append(all, "group "+e.Shown.Group)
		}
		if len(all) == 0 {
			t.Errorf("nothing shows %s", e.Name)
		}
		for _, mark := range all {
			for other, owner := range marks {
				if strings.HasSuffix("/"+mark, "/"+other) || strings.HasSuffix("/"+other, "/"+mark) {
					t.Errorf("%s of %s is %s of %s, too", mark, e.Name, other, owner)
				}
			}
			marks[mark] = e.Name
		}
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	places := []component.Place{{Namespace: "b", Release: "r"}, {Namespace: "c"}, {Namespace: "a", Release: "z"}}
	text := component.PlacesText(places)
	if text != "a/z b/r c" {
		t.Errorf("got %q", text)
	}
	if diff := cmp.Diff([]component.Place{places[2], places[0], places[1]}, component.ParsePlaces(text)); diff != "" {
		t.Errorf("read again (-want +got):\n%s", diff)
	}
}
