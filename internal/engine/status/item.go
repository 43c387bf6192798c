// SPDX-License-Identifier: Apache-2.0

package status

import (
	"fmt"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Item is one thing that a report says, for lists.
type Item struct {
	Component string // "" for nodes, and for what could not be read
	What      string
	State     string
	Message   string
	Result    Result
}

// Result says whether a thing is as it should be.
type Result int

// The results. Nodes that are not ready or are cordoned are passed over: somebody is
// at work on them.
const (
	Right Result = iota
	Wrong
	Skipped
)

// Items returns all that a report says: objects with what has drifted of them,
// releases, nodes, and what could not be read.
func (r Report) Items() []Item {
	var items []Item
	for _, o := range r.Objects {
		items = append(items, Item{o.Component, o.Object, o.State, o.Message, resultOf(o.Ready)})
		for _, d := range r.Drift {
			if d.Object == o.Object && d.Component == o.Component {
				items = append(items, Item{d.Component, d.Object + ": " + d.Path, "drift", d.text(), Wrong})
			}
		}
	}
	for _, release := range r.Releases {
		what := fmt.Sprintf("release %q in namespace %q", release.Name, release.Namespace)
		items = append(items, Item{release.Component, what, release.Status, release.Difference, resultOf(release.Difference == "")})
	}
	for i := range r.Nodes {
		items = append(items, nodeItem(&r.Nodes[i]))
	}
	for _, p := range r.Problems {
		items = append(items, Item{What: p.String(), State: "unread", Message: p.Message, Result: Skipped})
	}
	return items
}

func resultOf(right bool) Result {
	if right {
		return Right
	}
	return Wrong
}

func (d Drift) text() string {
	side := func(value *string) string {
		if value == nil {
			return "nothing"
		}
		return words.Quote(*value)
	}
	return fmt.Sprintf("the bundle says %s, the cluster %s", side(d.Want), side(d.Have))
}

func nodeItem(n *Node) Item {
	item := Item{What: fmt.Sprintf("node %q", n.Name), State: "right", Message: strings.Join(n.Wrong, "; "), Result: Right}
	switch {
	case len(n.Wrong) == 0:
	case n.Ready && n.Schedulable:
		item.State, item.Result = "wrong", Wrong
	default:
		item.State, item.Result = "away", Skipped
	}
	return item
}

// String returns such as `list secrets in namespace "x"`, or "the rest" for what was
// not a call.
func (p Problem) String() string {
	if p.Verb == "" {
		return "the rest"
	}
	text := p.Verb + " " + p.Resource
	if p.Namespace != "" {
		text += fmt.Sprintf(" in namespace %q", p.Namespace)
	}
	return text
}
