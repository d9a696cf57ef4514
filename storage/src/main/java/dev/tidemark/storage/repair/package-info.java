/**
 * Making a new store of what is left of a damaged one: all that can be vouched for is taken, and
 * what cannot is named.
 */
@NullMarked
package dev.tidemark.storage.repair;

import org.jspecify.annotations.NullMarked;
