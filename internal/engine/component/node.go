// SPDX-License-Identifier: Apache-2.0

package component

// Node says what of a recipe is a setting of nodes, which no chart makes, and how
// files for them write it. Without are images of nodes that take no such file.
type Node struct {
	Without []Reservation `json:"without,omitempty"`
	Files   []NodeFile    `json:"files,omitempty"`
}

// NodeFile is a file that a program on a node reads, with a line for each setting.
type NodeFile struct {
	Path string `json:"path"` // below the folder of node settings
	// From is the recipe's type and subtype, OS/sysctl, or a key whose text is settings,
	// NAME=VALUE separated by spaces: K8s/config/kernel_module_params.
	From    string        `json:"from"`
	When    Condition     `json:"when,omitempty"`
	About   string        `json:"about"`
	Without []Reservation `json:"without,omitempty"`
	Head    string        `json:"head,omitempty"` // the first line
	// Line is that of a setting, and takes ${key} and ${value}; Bare is that of one
	// whose value is empty.
	Line string `json:"line"`
	Bare string `json:"bare,omitempty"`
	// Together puts all settings on one line, with blanks between them.
	Together bool `json:"together,omitempty"`
	// Strip is what the recipe's keys begin with, and the file's do not.
	Strip string `json:"strip,omitempty"`
	// Only is the one value of a key that the file is for; "" for any.
	Only string `json:"only,omitempty"`
	// First is a key that comes before the others, which are sorted.
	First string `json:"first,omitempty"`
	// Reserves are keys that keep memory from everybody else: a count of pages, and
	// their size such as 2M.
	Reserves Pages `json:"reserves,omitzero"`
	// Key and Value are the forms of what can stand in a line: regular expressions of
	// the whole text.
	Key   string `json:"key"`
	Value string `json:"value"`
	// Except are keys, or values, that are not settings; the first that matches counts.
	Except []NoSetting `json:"except,omitempty"`
}

// Pages are the keys of a count of memory pages, and of the size of one.
type Pages struct {
	Count string `json:"count"`
	Size  string `json:"size"`
}

// Reservation is why something is not done, where its condition holds.
type Reservation struct {
	When Condition `json:"when,omitempty"`
	Why  string    `json:"why"`
}

// NoSetting is why readings of a recipe are not settings of a node: those whose key or
// value match one of the patterns of path.Match.
type NoSetting struct {
	Keys   []string `json:"keys,omitempty"`
	Values []string `json:"values,omitempty"`
	Why    string   `json:"why"`
}
