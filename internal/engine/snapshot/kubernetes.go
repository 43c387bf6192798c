// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

// Names of the collectors that ask the API server.
const (
	KubernetesServer = "K8s/server"
	KubernetesImage  = "K8s/image"
	KubernetesPolicy = "K8s/policy"
	KubernetesNode   = "K8s/node"
)

// KubernetesOptions narrow what is asked of the API server.
type KubernetesOptions struct {
	// Namespaces whose pods are looked at; none means all.
	Namespaces []string
	// NodeSelector is a label selector. With it, K8s/node is about the nodes
	// that it selects, and without it about the GPU nodes.
	NodeSelector string
	// Catalog reads the marks of nodes. Without one, a node shows neither its
	// provider nor, unless labels do, its operating system and GPUs.
	Catalog Catalog
}

// Catalog is what is known of clouds, operating systems and GPUs.
type Catalog interface {
	// GPUInstanceType reports whether an instance type has NVIDIA GPUs. Nodes
	// carry no label that says so before the GPU operator runs.
	GPUInstanceType(name string) bool
	// Provider returns the service that runs the cluster of a node with this
	// provider ID, kubelet version and labels.
	Provider(id, kubelet string, labels map[string]string) string
	// ImageRelease returns the ID and VERSION_ID of os-release of a node whose
	// osImage this is, "" for what it does not tell.
	ImageRelease(osImage string) (id, version string)
	// Distribution returns the distribution of Kubernetes, or the kind of managed
	// nodes, that a node is of, "" for none that is known.
	Distribution(id, kubelet, osImage string, labels map[string]string) string
	// NodeLabels returns the values of labels that are worth keeping, by keys of
	// K8s/node.
	NodeLabels(labels map[string]string) map[string]string
	// Pool names the pool of nodes that a node belongs to, "" where no label does.
	Pool(labels map[string]string) string
	// TaintLasts reports whether a taint belongs to a pool, not to the state of a
	// node, and whether all components tolerate it.
	TaintLasts(key string) (lasts, tolerated bool)
	// ComponentImages maps the components that pods show to the ends of the repositories of
	// images that they run, such as kai-scheduler/operator.
	ComponentImages() map[string][]string
	// ComponentGroups are the API groups that show a component without pods.
	ComponentGroups() []string
}

// unknown is the catalog of those who have none.
type unknown struct{}

func (unknown) GPUInstanceType(string) bool { return false }

func (unknown) Provider(string, string, map[string]string) string { return "" }

func (unknown) ImageRelease(string) (id, version string) { return "", "" }

func (unknown) Distribution(_, _, _ string, _ map[string]string) string { return "" }

func (unknown) NodeLabels(map[string]string) map[string]string { return nil }

func (unknown) Pool(map[string]string) string { return "" }

func (unknown) TaintLasts(string) (lasts, tolerated bool) { return false, false }

func (unknown) ComponentImages() map[string][]string { return nil }

func (unknown) ComponentGroups() []string { return nil }

// Kubernetes returns the collectors that ask the API server.
func Kubernetes(client *cluster.Client, o KubernetesOptions) []Collector {
	if o.Catalog == nil {
		o.Catalog = unknown{}
	}
	return []Collector{
		serverCollector(client, o.Catalog.ComponentGroups()),
		imageCollector(client, o),
		policyCollector(client),
		nodeCollector(client, o),
	}
}

// getJSON returns what the server answers to a path. An error holds the server's
// own message.
func getJSON(ctx context.Context, c *cluster.Connection, path string) ([]byte, error) {
	result := c.REST.Get().AbsPath(path).SetHeader("Accept", "application/json").Do(ctx)
	if err := result.Error(); err != nil { // Raw returns it without the message
		return nil, err
	}
	return result.Raw()
}

const (
	// pageSize is how many objects are asked for at a time.
	pageSize = 500
	// maxRestarts bounds how often a list is begun anew because the server
	// has forgotten the snapshot that it was paging through.
	maxRestarts = 3
	// maxPage bounds the bytes of a page. 500 large nodes take 20 MiB.
	maxPage = 256 << 20
)

// listing is a list of the API server, read page by page. No object is kept.
type listing struct {
	path     string       // such as /api/v1/pods
	selector string       // label selector, "" for all
	call     cluster.Call // the same in words
	items    itemReader
}

// itemReader takes the objects of a list one by one, each in the encoding that
// the server chose. It must keep nothing of the bytes.
type itemReader struct {
	protobuf func(object []byte) error
	json     func(object []byte) error
	// forget drops all objects taken so far: the list is read anew.
	forget func()
}

// each hands every object of the list to the item reader.
func (l listing) each(ctx context.Context, c *cluster.Connection) error {
	var page bytes.Buffer
	for token, restarts := "", 0; ; {
		err := l.fetch(ctx, c, token, &page)
		if err == nil {
			token, err = l.items.read(page.Bytes())
		}
		switch {
		case err == nil && token == "":
			return nil
		case err == nil:
		case token != "" && isExpired(err) && restarts < maxRestarts:
			restarts++
			token = ""
			l.items.forget()
		default:
			return c.Explain(ctx, err, l.call)
		}
	}
}

// isExpired reports whether a continue token is too old: the server answers
// 410 when it has compacted the state that the token stands for.
func isExpired(err error) bool { return apierrors.IsResourceExpired(err) || apierrors.IsGone(err) }

// fetch reads one page into the buffer. Protobuf is a third of JSON's size, and
// what is not looked at costs next to nothing; servers that do not speak it
// answer in JSON.
func (l listing) fetch(ctx context.Context, c *cluster.Connection, token string, page *bytes.Buffer) (err error) {
	request := c.REST.Get().AbsPath(l.path).
		SetHeader("Accept", "application/vnd.kubernetes.protobuf,application/json").
		Param("limit", strconv.Itoa(pageSize))
	if token != "" {
		request = request.Param("continue", token)
	}
	if l.selector != "" {
		request = request.Param("labelSelector", l.selector)
	}
	body, err := request.Stream(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	page.Reset()
	n, err := page.ReadFrom(io.LimitReader(body, maxPage+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the connection ended in the middle of the list: %w", err)
	case err != nil:
		return fmt.Errorf("reading the list: %w", err)
	case n > maxPage:
		return fmt.Errorf("the server sent more than %d MiB for %d objects", maxPage>>20, pageSize)
	}
	return nil
}

// read hands over the objects of a page and returns the token of the next one,
// "" after the last.
func (r itemReader) read(page []byte) (token string, err error) {
	if list, ok := bytes.CutPrefix(page, []byte(protobufMagic)); ok {
		token, err = readProtobufList(list, r.protobuf)
	} else {
		token, err = readJSONList(page, r.json)
	}
	if err != nil {
		return "", fmt.Errorf("the server's answer is not a list of objects: %w", err)
	}
	return token, nil
}

func readJSONList(page []byte, item func([]byte) error) (token string, err error) {
	var list struct {
		Metadata struct{ Continue string }
		Items    []json.RawMessage
	}
	if err := json.Unmarshal(page, &list); err != nil {
		return "", err
	}
	for _, object := range list.Items {
		if err := item(object); err != nil {
			return "", err
		}
	}
	return list.Metadata.Continue, nil
}
