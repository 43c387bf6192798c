// SPDX-License-Identifier: Apache-2.0

package cli

import "encoding/xml"

// junitSuite is a test suite of JUnit's XML, as CI systems read it.
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

// junitText writes tests as a suite.
func junitText(name string, cases []junitCase) ([]byte, error) {
	suite := junitSuite{Name: name, Tests: len(cases), Cases: cases}
	for i := range cases {
		cases[i].Class = "eidos"
		if cases[i].Failure != nil {
			suite.Failures++
		}
		if cases[i].Skipped != nil {
			suite.Skipped++
		}
	}
	text, err := xml.MarshalIndent(suite, "", "  ")
	return append(text, '\n'), err
}
