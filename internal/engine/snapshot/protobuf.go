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
	specContainers          = 2
	specInitContainers      = 20
	specEphemeralContainers = 34
	ephemeralCommon         = 1
	containerImage          = 2
)

var errProtobuf = errors.New("malformed protobuf")

// readProtobufList hands over the objects of a list, given without the magic,
// and returns its continue token.
func readProtobufList(unknown []byte, item func([]byte) error) (token string, err error) {
	err = inside(unknown, unknownRaw, func(list []byte) error {
		return fields(list, func(number uint64, value []byte) error {
			switch number {
			case listMetadata:
				return inside(value, metadataContinue, func(text []byte) error {
					token = string(text)
					return nil
				})
			case listItems:
				return item(value)
			}
			return nil
		})
	})
	return token, err
}

// inside visits every occurrence of one field of a message.
func inside(message []byte, field uint64, visit func([]byte) error) error {
	return fields(message, func(number uint64, value []byte) error {
		if number != field {
			return nil
		}
		return visit(value)
	})
}

// fields visits the fields of a message that have bytes: strings and messages.
// Numbers are passed over. It reads no byte of a field that the visitor does
// not, which is what makes reading two fields of a large object cheap.
func fields(message []byte, visit func(number uint64, value []byte) error) error {
	for len(message) > 0 {
		tag, n := binary.Uvarint(message)
		if n <= 0 {
			return errProtobuf
		}
		message = message[n:]
		value, rest, err := field(message, tag&7)
		if err != nil {
			return err
		}
		message = rest
		if value == nil {
			continue
		}
		if err := visit(tag>>3, value); err != nil {
			return err
		}
	}
	return nil
}

// field splits the value of a field of that wire type from what follows. The
// value is nil for numbers.
func field(message []byte, wireType uint64) (value, rest []byte, err error) {
	size := uint64(0)
	switch wireType {
	case 0, 2:
		number, n := binary.Uvarint(message)
		if n <= 0 {
			return nil, nil, errProtobuf
		}
		message = message[n:]
		if wireType == 0 {
			return nil, message, nil
		}
		size = number
	case 1:
		size = 8
	case 5:
		size = 4
	default:
		return nil, nil, errProtobuf
	}
	if size > uint64(len(message)) {
		return nil, nil, errProtobuf
	}
	if wireType != 2 {
		return nil, message[size:], nil
	}
	return message[:size:size], message[size:], nil
}
