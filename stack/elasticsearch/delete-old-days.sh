#!/bin/sh
# Deletes the days that are older than their class keeps them, for an Elasticsearch without ILM: once a day, by cron.
#   CLEW_ELASTICSEARCH_ENDPOINT=https://host:9200 ELASTIC_PASSWORD=… stack/elasticsearch/delete-old-days.sh [--dry-run]
# CLEW_TODAY=YYYY-MM-DD counts from another day.
set -eu
here=$(dirname "$0")
endpoint=${CLEW_ELASTICSEARCH_ENDPOINT:-https://127.0.0.1:9200}
today=${CLEW_TODAY:-$(date -u +%Y-%m-%d)}

request() { # METHOD PATH
  set -- --silent --show-error --fail-with-body --max-time 60 --request "$1" "$endpoint/$2"
  if [ -n "${CLEW_ELASTICSEARCH_CA_FILE:-}" ]; then set -- --cacert "$CLEW_ELASTICSEARCH_CA_FILE" "$@"; fi
  if [ -n "${ELASTIC_PASSWORD:-}" ]; then set -- --user "elastic:$ELASTIC_PASSWORD" "$@"; fi
  curl "$@"
}

for policy in "$here"/lifecycle/*.json; do
  class=$(basename "$policy" .json | sed 's/^clew-logs-//')
  days=$(sed -n 's/.*"min_age": "\([0-9]*\)d".*/\1/p' "$policy")
  oldest=$(date -u -d "$today - $days days" +%Y.%m.%d)
  found=$(request GET "_resolve/index/logs-$class-*")
  printf '%s' "$found" | tr '{' '\n' | sed -n "s/.*\"name\":\"\(logs-$class-[0-9.]\{10\}\)\".*/\1/p" | sort -u |
    while read -r stream; do
      if [ "${stream#"logs-$class-"}" \< "$oldest" ] || [ "${stream#"logs-$class-"}" = "$oldest" ]; then
        echo "$stream"
        if [ "${1-}" != --dry-run ]; then request DELETE "_data_stream/$stream"; echo; fi
      fi
    done
done
