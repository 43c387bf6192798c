// SPDX-License-Identifier: Apache-2.0

package provider

// reportBug ends the text of diagnostics that no user can cause.
const reportBug = "This is a bug in the provider. Please report it with the configuration that shows it."
