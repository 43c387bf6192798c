// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"encoding/binary"
	"errors"
)

// protobufMagic opens every protobuf answer of an API server. A
// runtime.Unknown follows, whose raw field is the object.
const protobufMagic = "k8s\x00"

// Numbers of fields, from the generated.proto files of k8s.io/apimachinery and
// k8s.io/api/core/v1. The numbers of a served version never change.
const (
	unknownRaw       = 2
	listMetadata     = 1
	listItems        = 2
	metadataContinue = 3

	podSpec                 = 2
	podStatus               = 3
	statusPhase             = 1
	specContainers          = 2
	specInitContainers      = 20
	specEphemeralContainers = 34
	ephemeralCommon         = 1
	containerImage          = 2

	objectMetadata    = 1
	metadataNamespace = 3
	metadataLabels    = 11
	nodeSpec          = 2
	nodeStatus        = 3
	statusCapacity    = 1
	statusNodeInfo    = 7

	entryKey   = 1 // of every map
	entryValue = 2
)

var errProtobuf = errors.New("malformed protobuf")

// readProtobufList hands over the objects of a list, given without the magic,
// and returns its continue token.
func readProtobufList(unknown []byte, item func([]byte) error) (token string, err error) {
	list, err := find(unknown, unknownRaw)
	if err != nil {
		return "", err
	}
	err = fields(list, func(number uint64, value []byte) error {
		switch number {
		case listMetadata:
			text, err := find(value, metadataContinue)
			token = string(text)
			return err
		case listItems:
			return item(value)
		}
		return nil
	})
	return token, err
}

// mapEntry returns the key and the value of an entry of a map field. Either is
// nil when it is empty.
func mapEntry(entry []byte) (key, value []byte, err error) {
	if key, err = find(entry, entryKey); err != nil {
		return nil, nil, err
	}
	value, err = find(entry, entryValue)
	return key, value, err
}

// find returns a field of a message that occurs once, nil when it is not there.
// What follows it is not looked at.
func find(message []byte, number uint64) (value []byte, err error) {
	for len(message) > 0 {
		var n uint64
		if n, value, message, err = next(message); err != nil {
			return nil, err
		}
		if n == number && value != nil {
			return value, nil
		}
	}
	return nil, nil
}

// fields visits the fields of a message that have bytes: strings and messages.
// Numbers are passed over. The bytes of a field are not looked at, which is
// what makes reading two fields of a large object cheap.
func fields(message []byte, visit func(number uint64, value []byte) error) error {
	for len(message) > 0 {
		number, value, rest, err := next(message)
		if err != nil {
			return err
		}
		message = rest
		if value == nil {
			continue
		}
		if err := visit(number, value); err != nil {
			return err
		}
	}
	return nil
}

// next splits the first field of a message from the rest. The value of a number
// is nil.
func next(message []byte) (number uint64, value, rest []byte, err error) {
	tag, message, err := varint(message)
	if err != nil {
		return 0, nil, nil, err
	}
	size := uint64(0)
	switch tag & 7 {
	case 0:
		_, message, err = varint(message)
	case 1:
		size = 8
	case 2:
		size, message, err = varint(message)
	case 5:
		size = 4
	default:
		err = errProtobuf
	}
	switch {
	case err != nil:
		return 0, nil, nil, err
	case size > uint64(len(message)):
		return 0, nil, nil, errProtobuf
	case tag&7 == 2:
		value = message[:size:size]
	}
	return tag >> 3, value, message[size:], nil
}

func varint(message []byte) (n uint64, rest []byte, err error) {
	n, size := binary.Uvarint(message)
	if size <= 0 {
		return 0, nil, errProtobuf
	}
	return n, message[size:], nil
}
