// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Live is what a cluster says of objects that were applied.
type Live struct {
	// Texts are the fields of the manifests, by key, with the live values of those
	// that applying the manifest again would change: without drift they are what
	// Object.Text says. An object that is not there, that is being deleted or that is
	// somebody else's by now has none.
	Texts map[string]string
	// Foreign are the objects that are there and somebody else's.
	Foreign []ID
}

// Read compares objects with the cluster. It changes nothing. The error joins an
// *Error for each object that could not be compared, whose text is that of its
// manifest.
func (c *Client) Read(ctx context.Context, list []Object, applied []Applied) (Live, error) {
	live := Live{Texts: map[string]string{}}
	var lock sync.Mutex
	err := each(list, func(_ int, o Object) error {
		fields, foreign, err := c.readOne(ctx, o, applied)
		lock.Lock()
		defer lock.Unlock()
		switch {
		case err != nil:
			live.Texts[o.Key] = o.Text()
		case foreign:
			live.Foreign = append(live.Foreign, o.ID)
		case fields != nil:
			live.Texts[o.Key] = text(fields)
		}
		return err
	})
	slices.SortFunc(live.Foreign, func(a, b ID) int { return strings.Compare(a.String(), b.String()) })
	return live, err
}

// readOne returns no fields for an object that is not there.
func (c *Client) readOne(ctx context.Context, o Object, applied []Applied) (fields map[string]any, foreign bool, err error) {
	p, err := c.place(ctx, o.Reference)
	if ReasonOf(err) == NoKind {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, o.keyed(err)
	}
	live, err := p.Get(ctx, o.Name, metav1.GetOptions{})
	switch i := slices.IndexFunc(applied, func(a Applied) bool { return a.ID == o.ID }); {
	case apierrors.IsNotFound(err) || err == nil && live.GetDeletionTimestamp() != nil:
		return nil, false, nil
	case err != nil:
		return nil, false, o.keyed(c.connection.Explain(ctx, err, p.call("get")))
	case i < 0 || !c.owns(live, applied[i]):
		return nil, true, nil
	}
	// What others own has drifted as well.
	again, err := c.patch(ctx, o, metav1.PatchOptions{DryRun: []string{metav1.DryRunAll}, Force: new(true)})
	switch {
	case ReasonOf(err) == Refused: // such as a field that cannot be changed back
		return drifted(o.Fields, live.Object, laid(o.Fields, live.Object)).(map[string]any), false, nil //nolint:forcetypeassert // of a map
	case err != nil:
		return nil, false, err
	}
	return drifted(o.Fields, live.Object, again.Object).(map[string]any), false, nil //nolint:forcetypeassert // of a map
}

// drifted returns what a manifest says, with the live values of what would be
// otherwise if it were applied again. What the manifest does not say is not looked at.
func drifted(ours, live, again any) any {
	if reflect.DeepEqual(live, again) {
		return ours
	}
	switch ours := ours.(type) {
	case map[string]any:
		liveMap, isMap := live.(map[string]any)
		againMap, _ := again.(map[string]any)
		if isMap {
			return driftedMap(ours, liveMap, againMap)
		}
	case []any:
		liveList, isList := live.([]any)
		againList, _ := again.([]any)
		if isList {
			return driftedList(ours, liveList, againList)
		}
	}
	return live
}

func driftedMap(ours, live, again map[string]any) map[string]any {
	out := map[string]any{}
	for name, value := range ours {
		is, there := live[name]
		_, wanted := again[name]
		switch {
		case there:
			out[name] = drifted(value, is, again[name])
		case !wanted: // the API server drops it, as it does a null
			out[name] = value
		}
	}
	return out
}

// driftedList compares elements by their names where they have some, since others
// may have put elements of theirs among them.
func driftedList(ours, live, again []any) []any {
	if !named(ours) || !named(live) {
		if len(ours) != len(live) || len(ours) != len(again) {
			return live
		}
		out := make([]any, len(ours))
		for i := range ours {
			out[i] = drifted(ours[i], live[i], again[i])
		}
		return out
	}
	out := []any{}
	for _, element := range ours {
		if is := withName(live, nameOf(element)); is != nil {
			out = append(out, drifted(element, is, withName(again, nameOf(element))))
		}
	}
	for _, element := range live {
		if name := nameOf(element); withName(ours, name) == nil && withName(again, name) == nil {
			out = append(out, element)
		}
	}
	return out
}

func named(list []any) bool {
	return !slices.ContainsFunc(list, func(element any) bool { return nameOf(element) == "" })
}

func nameOf(element any) string {
	fields, _ := element.(map[string]any)
	name, _ := fields["name"].(string)
	return name
}

func withName(list []any, name string) any {
	if i := slices.IndexFunc(list, func(element any) bool { return nameOf(element) == name }); i >= 0 {
		return list[i]
	}
	return nil
}
