#!/bin/sh
# Packs the library chart into each service's chart, and those into the umbrella. Run it after every change to a chart.
set -eu
cd "$(dirname "$0")"
for chart in routing health-probe cost-accounting credential connector switchyard; do
  rm -rf "$chart/charts" "$chart/Chart.lock"
  "${HELM:-helm}" dependency update --skip-refresh "$chart" >/dev/null
done
