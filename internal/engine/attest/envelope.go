// SPDX-License-Identifier: Apache-2.0

package attest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// payloadType is the type of in-toto statements in envelopes.
const payloadType = "application/vnd.in-toto+json"

// envelope is a Dead Simple Signing Envelope (DSSE).
type envelope struct {
	PayloadType string      `json:"payloadType"`
	Payload     []byte      `json:"payload"`
	Signatures  []signature `json:"signatures"`
}

type signature struct {
	KeyID string `json:"keyid"`
	Sig   []byte `json:"sig"`
}

// signed is what a signature of an envelope is over: its pre-authentication encoding.
func (e envelope) signed() []byte {
	return fmt.Appendf(nil, "DSSEv1 %d %s %d %s", len(e.PayloadType), e.PayloadType, len(e.Payload), e.Payload)
}

func sign(payload []byte, key *PrivateKey) ([]byte, error) {
	e := envelope{PayloadType: payloadType, Payload: payload}
	sig, err := key.sign(e.signed())
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	e.Signatures = []signature{{key.ID, sig}}
	text, err := json.Marshal(e)
	return append(text, '\n'), err
}

func parseEnvelope(text []byte) (envelope, error) {
	var e envelope
	if err := strictly(text, &e); err != nil {
		return e, err
	}
	switch {
	case e.PayloadType != payloadType:
		return e, fmt.Errorf("its payload is of the type %q, want %q", e.PayloadType, payloadType)
	case len(e.Signatures) == 0:
		return e, errors.New("it has no signature")
	}
	return e, nil
}

// signer returns the first of the keys that has signed the envelope, nil for none.
// The ID of a key in an envelope proves nothing: each signature is tried.
func (e envelope) signer(keys []*PublicKey) *PublicKey {
	for _, key := range keys {
		for _, s := range e.Signatures {
			if key.verify(e.signed(), s.Sig) {
				return key
			}
		}
	}
	return nil
}

// strictly reads one JSON document without unknown fields.
func strictly(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more behind the document")
	}
	return nil
}

// ids lists the IDs of the keys that an envelope names.
func (e envelope) ids() []string {
	var ids []string
	for _, s := range e.Signatures {
		ids = append(ids, s.KeyID)
	}
	return ids
}
