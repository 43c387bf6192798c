// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

// Machine is what tells a machine from others, as the kubelet reports it of a
// node. What is not known is "". None of it goes into a snapshot.
type Machine struct {
	Name                          string // of the host
	MachineID, BootID, SystemUUID string
}

// NodeOf returns the name of the node that a machine is in the cluster, "" where
// it is none of its nodes.
func NodeOf(ctx context.Context, client *cluster.Client, machine Machine) (string, error) {
	connection, err := client.Connect()
	if err != nil {
		return "", err
	}
	found := ""
	compare := func(node *corev1.Node) {
		if found == "" && machine.is(node) {
			found = node.Name
		}
	}
	nodes := listing{
		path: "/api/v1/nodes", call: cluster.Call{Verb: "list", Resource: "nodes"},
		items: itemReader{
			protobuf: func(object []byte) error {
				var node corev1.Node
				err := node.Unmarshal(object)
				compare(&node)
				return err
			},
			json: func(object []byte) error {
				var node corev1.Node
				err := json.Unmarshal(object, &node)
				compare(&node)
				return err
			},
			forget: func() {},
		},
	}
	err = nodes.each(ctx, connection)
	return found, err
}

// is reports whether the machine is the node. A boot happens once, but nodes in
// containers share it with their host; machines that are copies of each other
// may share the machine id. So the two have to be the same where both sides say
// them. Where neither does, the UUID of the hardware decides, and else the name.
func (m Machine) is(node *corev1.Node) bool {
	info := node.Status.NodeInfo
	boot, machine := compareID(m.BootID, info.BootID), compareID(m.MachineID, info.MachineID)
	system := compareID(m.SystemUUID, info.SystemUUID)
	switch {
	case boot == differs, machine == differs:
		return false
	case boot == same, machine == same:
		return true
	case system != unsaid:
		return system == same
	default:
		return m.Name != "" && slices.Contains(namesOfNode(node), m.Name)
	}
}

type comparison int

const (
	unsaid comparison = iota
	same
	differs
)

func compareID(mine, its string) comparison {
	switch {
	case mine == "", its == "":
		return unsaid
	case strings.EqualFold(mine, its):
		return same
	default:
		return differs
	}
}

func namesOfNode(node *corev1.Node) []string {
	names := []string{node.Name}
	for _, address := range node.Status.Addresses {
		if address.Type == corev1.NodeHostName || address.Type == corev1.NodeInternalDNS {
			names = append(names, address.Address)
		}
	}
	return names
}
