// SPDX-License-Identifier: Apache-2.0

package attest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

// PrivateKey signs.
type PrivateKey struct {
	signer crypto.Signer
	ID     string // of its public key
}

// PublicKey verifies.
type PublicKey struct {
	key crypto.PublicKey
	ID  string // sha256 in hex of the key as PKIX, DER
}

// ParsePrivateKey reads an Ed25519 or ECDSA key from PEM, as openssl writes it. Errors
// show nothing of the key.
func ParsePrivateKey(text []byte) (*PrivateKey, error) {
	block, _ := pem.Decode(text)
	switch {
	case block == nil:
		return nil, errors.New("it is not PEM; make a key with openssl genpkey -algorithm ed25519")
	case strings.Contains(block.Type, "ENCRYPTED") || block.Headers["DEK-Info"] != "":
		return nil, errors.New("the key is encrypted, and eidos asks for no password; decrypt it for this run")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if block.Type == "EC PRIVATE KEY" {
		key, err = x509.ParseECPrivateKey(block.Bytes)
	}
	if err != nil {
		return nil, fmt.Errorf("a PEM block %q is not a private key; want PKCS#8, such as openssl genpkey -algorithm ed25519 writes", block.Type)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errKind(key)
	}
	public, err := publicKey(signer.Public())
	if err != nil {
		return nil, err
	}
	return &PrivateKey{signer: signer, ID: public.ID}, nil
}

// ParsePublicKey reads an Ed25519 or ECDSA key from PEM.
func ParsePublicKey(text []byte) (*PublicKey, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("it is not PEM; write a public key with openssl pkey -pubout")
	}
	if strings.Contains(block.Type, "PRIVATE") {
		return nil, errors.New("it is a private key, which nobody needs to verify; write its public one with openssl pkey -pubout")
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("a PEM block %q is not a public key; write one with openssl pkey -pubout", block.Type)
	}
	return publicKey(key)
}

func publicKey(key crypto.PublicKey) (*PublicKey, error) {
	switch key.(type) {
	case ed25519.PublicKey, *ecdsa.PublicKey:
	default:
		return nil, errKind(key)
	}
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(der)
	return &PublicKey{key: key, ID: hex.EncodeToString(sum[:])}, nil
}

func errKind(key any) error {
	return fmt.Errorf("a key of type %T is not supported; want Ed25519 or ECDSA", key)
}

// sign signs a message, of which ECDSA takes the SHA-256.
func (k *PrivateKey) sign(message []byte) ([]byte, error) {
	if _, is := k.signer.(ed25519.PrivateKey); is {
		return k.signer.Sign(rand.Reader, message, crypto.Hash(0))
	}
	sum := sha256.Sum256(message)
	return k.signer.Sign(rand.Reader, sum[:], crypto.SHA256)
}

func (k *PublicKey) verify(message, signature []byte) bool {
	switch key := k.key.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(key, message, signature)
	case *ecdsa.PublicKey:
		sum := sha256.Sum256(message)
		return ecdsa.VerifyASN1(key, sum[:], signature)
	default:
		return false
	}
}
