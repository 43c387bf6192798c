// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/compare"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/status"
)

// junitSuite is a test suite of JUnit's XML, as CI systems read it: a test for each
// thing that was looked at, skipped where nothing can be said of it.
type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitMessage `xml:"failure"`
	Skipped *junitMessage `xml:"skipped"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// add adds a test, which has passed unless one of the messages is there.
func (s *junitSuite) add(class, name string, failure, skipped *junitMessage) {
	s.Cases = append(s.Cases, junitCase{Class: class, Name: name, Failure: failure, Skipped: skipped})
	s.Tests++
	if failure != nil {
		s.Failures++
	}
	if skipped != nil {
		s.Skipped++
	}
}

// text is the suite as a document.
func (s *junitSuite) text() ([]byte, error) {
	text, err := xml.MarshalIndent(s, "", "  ")
	return append(text, '\n'), err
}

func valueSuite(values []compare.Value) *junitSuite {
	suite := &junitSuite{Name: "eidos check"}
	for _, v := range values {
		var failure, skipped *junitMessage
		switch v.State {
		case compare.Different:
			failure = &junitMessage{fmt.Sprintf("the recipe says %s, the snapshot %s", orDash(v.Want), orDash(v.Have)), v.Reason}
		case compare.Unknown:
			skipped = &junitMessage{Message: "the snapshot does not say"}
		}
		suite.add("eidos", v.Path, failure, skipped)
	}
	return suite
}

func itemSuite(items []status.Item) *junitSuite {
	suite := &junitSuite{Name: "eidos check"}
	for _, item := range items {
		var failure, skipped *junitMessage
		message := &junitMessage{Message: item.State + ": " + item.Message}
		switch item.Result {
		case status.Wrong:
			failure = message
		case status.Skipped:
			skipped = message
		}
		suite.add(strings.TrimSuffix("eidos."+item.Component, "."), item.What, failure, skipped)
	}
	return suite
}
