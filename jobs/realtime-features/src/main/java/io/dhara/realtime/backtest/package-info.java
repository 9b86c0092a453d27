/** Feature groups computed in memory over bounded events: answers about the past, and sizes. */
@NullMarked
package io.dhara.realtime.backtest;

import org.jspecify.annotations.NullMarked;
