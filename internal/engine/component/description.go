// SPDX-License-Identifier: Apache-2.0

package component

import (
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
)

// Entry is what has to be known of every component to choose among them.
type Entry struct {
	// Name is the component's, the Helm release's and, where Chart.Name is "",
	// the chart's.
	Name  string `json:"name"`
	Title string `json:"title,omitempty"` // the name as people write it
	Chart Chart  `json:"chart,omitzero"`
	// Requires lists components that, where they are in the same bundle, must be
	// installed first, and whose values those of this one may read.
	Requires []string `json:"requires,omitempty"`
	// Running are images whose tag is the chart's release, the newest name first;
	// none for one of the component's name.
	Running Places `json:"running,omitempty"`
	Shown   Shown  `json:"shown,omitzero"`
	Wave    int    `json:"wave,omitempty"` // above those of all that it requires
	// Needed says when the platform of a recipe needs the component. It reads the
	// request and keys of the recipe.
	Needed Condition `json:"needed,omitempty"`
	// Optional says that recipes state a release only where the component is needed
	// for sure: it is one that somebody has to ask for.
	Optional bool `json:"optional,omitempty"`
	// Driver says where the component installs the GPU driver, if it does.
	Driver *Driver `json:"driver,omitempty"`

	Images []Image `json:"images,omitempty"`
	// KeyNames are the recipe keys that the component reads, images excepted.
	KeyNames []string `yaml:"-" json:"keys,omitempty"`
	// Releases are those of the chart that have facts, oldest first.
	Releases []Release `yaml:"-" json:"releases,omitempty"`
}

// ImagePath is the place in recipes of the version of a component or an image.
func ImagePath(key string) measurement.Path {
	return measurement.Path{Type: measurement.K8s, Subtype: "image", Key: key}
}

// ImageKey is ImagePath as text, such as K8s/image/driver.
func ImageKey(key string) string { return ImagePath(key).String() }

// Release is what recipes say about a release of a chart.
type Release struct {
	Version    string            `json:"version"`              // as the chart's repository writes it
	Candidate  bool              `json:"candidate,omitempty"`  // for a release: only who states it gets it
	Kubernetes string            `json:"kubernetes,omitempty"` // version.Range that its maker supports, "" for any
	Tags       map[string]string `json:"tags,omitempty"`       // by Image.Key
}

// Release returns the facts about a release of the chart, with or without a
// leading v, nil for an unknown one.
func (e *Entry) Release(name string) *Release {
	i := slices.IndexFunc(e.Releases, func(r Release) bool { return version.SameRelease(r.Version, name) })
	if i < 0 {
		return nil
	}
	return &e.Releases[i]
}

// Published lists the releases without candidates, oldest first.
func (e *Entry) Published() []Release {
	return slices.DeleteFunc(slices.Clone(e.Releases), func(r Release) bool { return r.Candidate })
}

// Newest returns the newest release that supports a version of Kubernetes, nil for
// none. Where the version is not known each does. Candidates do not count.
func (e *Entry) Newest(k8s string) *Release {
	releases := e.Published()
	for i := len(releases) - 1; i >= 0; i-- {
		r := &releases[i]
		if inside, err := version.Satisfies(k8s, r.Kubernetes); k8s == "" || r.Kubernetes == "" || err == nil && inside {
			return r
		}
	}
	return nil
}

// Description is all that is known of a component: data/<name>/component.yaml.
// The common one, data/common/component.yaml, has what several share: keys, terms,
// manifests, and the rules about recipes as a whole.
type Description struct {
	Entry `yaml:",inline" json:"-"`
	// Sources are the addresses of what the facts about the releases were read in.
	Sources []string  `json:"sources,omitempty"`
	Keys    []Key     `json:"keys,omitempty"`    // recipe keys that the component reads
	Ignored []string  `json:"ignored,omitempty"` // recipe keys that no component reads, and that are not mistakes
	Terms   []Named   `json:"terms,omitempty"`
	Values  []Setting `json:"values,omitempty"`
	// Placement is read into Values.
	Placement Placement  `json:"-"`
	Registry  Registry   `json:"registry,omitzero"`
	Manifests []Manifest `json:"manifests,omitempty"`
	// ConfigMaps are the values below which the chart takes the content of a
	// ConfigMap to create.
	ConfigMaps  []string      `yaml:"configMaps" json:"configMaps,omitempty"`
	Definitions []Definitions `json:"definitions,omitempty"`
	// Managers are patterns of path.Match for the field managers by which the chart
	// itself writes definitions; of the common description, by which any chart does.
	Managers []string `json:"managers,omitempty"`
	// PodSecurity are the levels of Pod Security Admission that the component's pods
	// need, the first whose condition holds; without one the widest. See
	// PodSecurityLevels.
	PodSecurity []Named `yaml:"podSecurity" json:"podSecurity,omitempty"`
	// Credentials are the values that the chart takes a secret from, not the name of
	// one.
	Credentials []string `json:"credentials,omitempty"`
	Upgrades    Upgrades `json:"upgrades,omitzero"`
	// Drivers are the drivers that the maker lists for each release of the chart.
	Drivers map[string]Drivers `json:"drivers,omitempty"`
	Ready   []Ready            `json:"ready,omitempty"` // the first whose condition holds
	States  []State            `json:"states,omitempty"`
	// Workloads are the kinds of the chart's workloads to wait for, where no
	// object reports readiness.
	Workloads []string `json:"workloads,omitempty"`
	// Prerequisites are what somebody has to do or to know before the chart is
	// installed, Notes the rest that values cannot do.
	Prerequisites []Note `json:"prerequisites,omitempty"`
	Notes         []Note `json:"notes,omitempty"`
	Rules         []Rule `json:"rules,omitempty"`
	Node          Node   `json:"node,omitzero"` // of the common description
}

// Reads lists every recipe key that the component reads: its own, the version of
// its chart, the tags of its images, and the cluster's Kubernetes version.
func (d *Description) Reads() []Key {
	release := "The release of the chart."
	if !d.HasChart() {
		release = "The release, which is the tag of the images."
	}
	keys := append(slices.Clone(d.Keys),
		Key{Key: ImageKey(d.Name), About: release},
		Key{Key: ServerVersion, About: "The cluster's Kubernetes version, which the release must support."})
	for _, image := range d.Images {
		about := image.About
		if about == "" {
			about = "The image tag of " + image.Title + ", which the release fixes."
		}
		keys = append(keys, Key{Key: ImageKey(image.Key), About: about})
	}
	return keys
}

// ServerVersion is the recipe key of the cluster's Kubernetes version.
const ServerVersion = "K8s/server/version"

// PodSecurityLevels are the levels of Pod Security Admission, the widest last.
func PodSecurityLevels() []string { return []string{"restricted", "baseline", "privileged"} }

// NodesDriver is the recipe key of the driver that runs where the nodes have one.
const NodesDriver = "GPU/driver/version"

// NodeTaints is the recipe key of the taints of GPU nodes, which GPUTolerations are
// for where the request says nothing.
const (
	NodeTaints     = "K8s/node/taints"
	GPUTolerations = Operand("placement gpu.tolerations")
)

// Key returns the definition of a recipe key that the component reads.
func (d *Description) Key(path string) (Key, bool) {
	for _, keys := range [][]Key{d.Keys, d.Reads()} {
		if i := slices.IndexFunc(keys, func(k Key) bool { return k.Key == path }); i >= 0 {
			return keys[i], true
		}
	}
	return Key{}, false
}

// Driver says when a component installs the GPU driver, and which one.
type Driver struct {
	When    Condition `json:"when,omitempty"`
	Version Operand   `json:"version"`
}

// Path is the value of the chart that has the driver's version.
func (d Driver) Path() string {
	_, _, path := d.Version.Parts()
	return path
}

// Key is a recipe key that components read.
type Key struct {
	Key   string    `json:"key"` // K8s/config/gds
	Type  ValueType `json:"type,omitempty"`
	OneOf []string  `yaml:"oneOf" json:"oneOf,omitempty"` // of an enum
	// Also maps other names that people use to values of an enum.
	Also  map[string]string `json:"also,omitempty"`
	About string            `json:"about,omitempty"` // a sentence on what it means
	// Option says that a request may state the key, which is not one of the options'
	// subtypes.
	Option bool `json:"option,omitempty"`
}

// Image is a component version of K8s/image, which a release of the chart fixes.
type Image struct {
	Key   string `json:"key"`   // of K8s/image
	Title string `json:"title"` // as people call it, inside a sentence
	// Image is the component that chart.Release.Image knows.
	Image string   `json:"image"`
	Paths []string `json:"paths,omitempty"` // the values that take the tag; none where a manifest takes it
	// When says when something runs the image; a recipe has no tag for it else.
	When Condition `json:"when,omitempty"`
	// Free says that images exist for many versions, so that another tag than the
	// release's is not a mistake.
	Free  bool   `json:"free,omitempty"`
	About string `json:"about,omitempty"` // as of a Key; "" says that the release fixes the tag
	// Context is the reason in a recipe for the tag of a release; it takes ${tag},
	// ${branch} (the tag up to its first dot) and ${release}.
	Context string `json:"context,omitempty"`
}

// Named is a condition with a name.
type Named struct {
	Name string    `json:"name"`
	When Condition `json:"when,omitempty"`
}

// Setting is a value of the chart, or of an object. Of several for one path,
// the first whose condition holds and whose operand has a value counts. A map
// {from: OPERAND} in what it states stands for the operand's value.
type Setting struct {
	Set    string    `json:"set"` // a dotted path
	When   Condition `json:"when,omitempty"`
	From   Operand   `json:"from,omitempty"`
	Value  any       `json:"value,omitzero"`
	Add    []any     `json:"add,omitempty"`    // appended to the list, those of one name replaced
	Extend Operand   `json:"extend,omitempty"` // a list that is appended, or a map that is laid over, where it has a value
	Always bool      `json:"always,omitempty"` // written though it is the chart's default
	Why    Reason    `json:"why,omitzero"`
}

// Placement says which values put the component's pods on nodes: a dotted path, or a
// setting without a value that holds on a condition.
type Placement struct{ System, GPU Pool }

// Pool is where the pods of a pool of nodes get its labels and taints.
type Pool struct {
	NodeSelector []Setting `yaml:"nodeSelector"`
	Tolerations  []Setting
}

// Registry says what nodes pull, and which values take the names of secrets for it.
type Registry struct {
	Images []Pulled `json:"images,omitempty"`
	// SecretNames and SecretReferences are read into Values.
	SecretNames      []Setting `yaml:"secretNames" json:"-"`
	SecretReferences []Setting `yaml:"secretReferences" json:"-"`
}

// Pulled is an image that nodes pull. YAML may give Of alone.
type Pulled struct {
	// Of is a dotted path of values that holds an image as chart.Release.Image reads
	// it; with Kind of an object of that kind.
	Of   string `json:"of,omitempty"`
	Kind string `json:"kind,omitempty"`
	// Reference is the whole reference where the chart writes images otherwise. It
	// takes ${operand}; the first is the value that a mirror changes, without one none
	// can.
	Reference string    `json:"reference,omitempty"`
	When      Condition `json:"when,omitempty"`
	// Tag is what nodes pull for a tag of the chart, ${tag}; it takes ${operand} too.
	Tag string `json:"tag,omitempty"`
	// Untagged is the tag of a Reference that the values leave without one; it takes
	// ${operand} too.
	Untagged string `json:"untagged,omitempty"`
}

// Reason is why a value is as it is: the context of a recipe's key, or a text
// where the recipe gives none. Without a text it is what the key means.
type Reason struct {
	From Operand `json:"from,omitempty"`
	Text string  `json:"text,omitempty"`
}

// Manifest is an object that the bundle adds to the chart.
type Manifest struct {
	Name  string    `json:"name"`                     // of the file below manifests/, without .yaml
	Order string    `json:"order,omitempty"`          // before_chart, after_chart, after_ready or by_chart
	CRD   string    `yaml:"crd" json:"crd,omitempty"` // the definition to wait for; "" for built-in kinds
	When  Condition `json:"when,omitempty"`
	Why   Reason    `json:"why,omitzero"`
	// Object is the object, whose texts take ${operand}. Values are laid over it.
	// Hook is a Go function that returns it instead; package bundle lists them.
	Object any       `json:"object,omitzero"`
	Hook   string    `json:"hook,omitempty"`
	Values []Setting `json:"values,omitempty"`
}

// Definitions are custom resource definitions that the component installs.
type Definitions struct {
	When  Condition `json:"when,omitempty"`
	Names []string  `json:"names"`
	// Folder is the one in the chart's archive from which Helm installs them, such as
	// crds or charts/NAME/crds; "" where a template or a running component writes them.
	Folder string `json:"folder,omitempty"`
	// Of is the component that they belong to, where others bring them too; "" for
	// this one.
	Of string `json:"of,omitempty"`
	// Deleted says when they go with the release, and with them all objects of their
	// kinds; else they stay when it is uninstalled.
	Deleted Condition `json:"deleted,omitempty"`
	// Kept says when Helm leaves them as they are at upgrades: they are in the chart's
	// folder crds. Without it each upgrade brings those of its release.
	Kept Condition `json:"kept,omitempty"`
	// Job is the value that turns on a job of the chart which upgrades Kept ones all
	// the same, "" for none.
	Job string `json:"job,omitempty"`
}

// InFolder reports whether the definitions come, and are in the chart's folder crds.
func (d *Definitions) InFolder(env Env) bool {
	return len(d.Kept) > 0 && d.When.Holds(env) && d.Kept.Holds(env)
}

// Defines reports whether a definition is the component's own.
func (d *Description) Defines(name string) bool {
	return slices.ContainsFunc(d.Definitions, func(some Definitions) bool { return some.Of == "" && slices.Contains(some.Names, name) })
}

// Drivers are what the maker of a chart says of GPU drivers for a release.
type Drivers struct {
	Recommended string   `json:"recommended"`
	Listed      []string `json:"listed"` // newest first
}

// Upgrades is what moving to another release, or changing values, does to a
// cluster.
type Upgrades struct {
	// Line is how many numbers of a version name a major release: 2 for v26.7. The
	// maker supports upgrades within one and to the next. 0 where it says nothing.
	Line int `json:"line,omitempty"`
	// Reload lists values whose change restarts the pods that load the driver,
	// Restart what that does to a node, which takes ${operand}.
	Reload  []string `json:"reload,omitempty"`
	Restart string   `json:"restart,omitempty"`
	// Partitions are the values whose change partitions GPUs anew.
	Partitions Partitions `json:"partitions,omitzero"`
	// Meanings are values that mean something else from a release on.
	Meanings []Meaning `json:"meanings,omitempty"`
}

// Partitions says when a change of values partitions the GPUs of nodes anew, and what
// that does to a node; Restart takes ${operand}.
type Partitions struct {
	When    Condition `json:"when,omitempty"`
	Values  []string  `json:"values,omitempty"`
	Restart string    `json:"restart,omitempty"`
}

// Meaning is what becomes of a value that nobody has changed. Its condition reads
// what was there before, too: Previous.
type Meaning struct {
	At      string    `json:"at"` // a dotted path of values
	When    Condition `json:"when"`
	Message string    `json:"message"`
	Advice  string    `json:"advice"`
	// Breaks is a change to which it happens.
	Breaks *ExampleChange `json:"-"`
}

// ExampleChange is a change of release, with the values before and after.
type ExampleChange struct {
	From, To      string
	Before, After yaml.Node
	Options       map[string]yaml.Node // as of an Example
}

// Ready is how a component reports that it is up.
type Ready struct {
	When   Condition `json:"when,omitempty"`
	Object string    `json:"object,omitzero"` // says so in its status.state, as resource/name
	// APIVersion and Kind are those of the object, which is in no namespace.
	APIVersion string `yaml:"apiVersion" json:"apiVersion"`
	Kind       string `json:"kind"`
	// After is the component of the bundle, installed later, without which the
	// object never says so; "" for none.
	After string `json:"after,omitempty"`
}

// Note is a paragraph about what values cannot do. Text and Command take
// ${operand}; in a command it is quoted for the shell.
type Note struct {
	When    Condition `json:"when,omitempty"`
	Title   string    `json:"title"`
	Text    string    `json:"text"`
	Command string    `json:"command,omitempty"`
}

// Rule says what can be wrong.
type Rule struct {
	Name     string `json:"name"` // stable: users name it in their configuration
	Severity string `json:"severity"`
	Summary  string `json:"summary"`
	// Twice says that what breaks it would be on the cluster twice, of a rule of the
	// catalog.
	Twice bool   `json:"twice,omitempty"`
	Cases []Case `json:"cases"`
	// Case is the only one, in YAML, which is read into Cases.
	Case `yaml:",inline" json:"-"`
}

// Case is one way in which a rule is broken.
type Case struct {
	// Of is the component whose values it judges, where it is in the bundle; ""
	// for this one.
	Of   string    `json:"of,omitempty"`
	When Condition `json:"when,omitempty"`
	// At is where it is broken: a dotted path of values, a recipe key,
	// "request/osv" or "namespaces". Of several the first that somebody set.
	At      Places  `json:"at,omitempty"`
	Message string  `json:"message,omitempty"` // what is wrong and why
	Advice  string  `json:"advice,omitempty"`  // what to do
	Hook    string  `json:"hook,omitempty"`    // the Go function that judges instead
	Like    Operand `json:"like,omitempty"`    // what the hook compares the place with
	// Breaks is a request that breaks the rule.
	Breaks *Example `json:"-"`
}

// Places are texts, of which YAML may give one alone.
type Places []string

// Example is a request: what a test adds to a plain one to break a rule.
type Example struct {
	Request    map[string]string    // fields of the recipe's request
	Snapshot   map[string]yaml.Node // readings of the snapshot that the recipe is made from
	Recipe     map[string]yaml.Node // recipe keys; null removes one
	Options    map[string]yaml.Node // the same for K8s/config and K8s/network-config, without the prefix
	Overrides  map[string]yaml.Node
	Namespaces map[string]string
	Bundlers   []string
	Placement  yaml.Node
	Registry   yaml.Node
}

// UnmarshalYAML reads a key's definition, or the name of one in
// data/common/component.yaml.
func (k *Key) UnmarshalYAML(n *yaml.Node) error {
	type fields Key
	return decodeNamed(n, &k.Key, (*fields)(k))
}

// UnmarshalYAML reads a rule; one that lists no cases is a case itself.
func (r *Rule) UnmarshalYAML(n *yaml.Node) error {
	type fields Rule
	if err := n.Decode((*fields)(r)); err != nil {
		return err
	}
	if len(r.Cases) == 0 {
		r.Cases = []Case{r.Case}
	}
	r.Case = Case{}
	return nil
}

// UnmarshalYAML reads a manifest, or the name of one in data/common/component.yaml.
func (m *Manifest) UnmarshalYAML(n *yaml.Node) error {
	type fields Manifest
	return decodeNamed(n, &m.Name, (*fields)(m))
}

// UnmarshalYAML reads a setting, or its path.
func (s *Setting) UnmarshalYAML(n *yaml.Node) error {
	type fields Setting
	return decodeNamed(n, &s.Set, (*fields)(s))
}

// UnmarshalYAML reads an image, or the path of its values.
func (p *Pulled) UnmarshalYAML(n *yaml.Node) error {
	type fields Pulled
	return decodeNamed(n, &p.Of, (*fields)(p))
}

// UnmarshalYAML reads a text, or {from: KEY, text: TEXT}.
func (r *Reason) UnmarshalYAML(n *yaml.Node) error {
	type fields Reason
	return decodeNamed(n, &r.Text, (*fields)(r))
}

func decodeNamed(n *yaml.Node, text *string, fields any) error {
	if n.Kind == yaml.ScalarNode {
		return n.Decode(text)
	}
	return n.Decode(fields)
}

// UnmarshalYAML reads one text, or a list.
func (p *Places) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*p = Places{n.Value}
		return nil
	}
	return n.Decode((*[]string)(p))
}
