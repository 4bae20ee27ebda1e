mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "the_store_is_closed_encrypted_and_versioned" {
  command = plan

  assert {
    condition     = module.store.planned.bucket.bucket == "prod-data-ingestion"
    error_message = "The bucket has the customer's name."
  }

  assert {
    condition = alltrue([
      for rule in ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"] : module.store.planned.public_access[rule]
    ])
    error_message = "All public access is blocked."
  }

  assert {
    condition     = module.store.planned.versioning == "Enabled"
    error_message = "The bucket keeps versions."
  }

  assert {
    condition = (
      module.store.planned.encryption.apply_server_side_encryption_by_default[0].sse_algorithm == "aws:kms"
      && module.store.planned.encryption.apply_server_side_encryption_by_default[0].kms_master_key_id == module.encryption.key_arn
    )
    error_message = "Files are encrypted with this environment's key."
  }

  assert {
    condition = (
      jsondecode(module.store.planned.policy).Statement[0].Effect == "Deny"
      && jsondecode(module.store.planned.policy).Statement[0].Principal == "*"
      && jsondecode(module.store.planned.policy).Statement[0].Resource == ["arn:aws:s3:::the-store", "arn:aws:s3:::the-store/*"]
      && jsondecode(module.store.planned.policy).Statement[0].Condition == { Bool = { "aws:SecureTransport" = "false" } }
    )
    error_message = "Nobody reaches the bucket without TLS."
  }

  assert {
    condition     = !module.store.planned.bucket.force_destroy
    error_message = "A bucket with files in it is not destroyed."
  }
}

run "files_become_cheaper_with_age" {
  command = plan

  assert {
    condition = [for step in module.store.planned.lifecycle["cheaper-with-age"].transition : [step.days, step.storage_class]] == [
      [30, "STANDARD_IA"],
      [90, "GLACIER_IR"],
    ]
    error_message = "Files move to STANDARD_IA after 30 days and to GLACIER_IR, where a retry still reads them, after 90."
  }

  assert {
    condition     = module.store.planned.lifecycle["abort-unfinished-uploads"].abort_incomplete_multipart_upload[0].days_after_initiation == 7
    error_message = "Parts of uploads that nobody finished go after 7 days."
  }

  assert {
    condition     = module.store.planned.lifecycle["old-versions"].noncurrent_version_expiration[0].noncurrent_days == 30
    error_message = "Old versions go after 30 days."
  }

  assert {
    condition     = [for id, rule in module.store.planned.lifecycle : id if length(rule.expiration) > 0] == ["old-versions"]
    error_message = "No file ends by its age here: the product deletes it together with its rows (RETENTION_DAYS)."
  }
}

run "only_the_dashboards_pages_may_send_files" {
  command = plan

  assert {
    condition = (
      module.store.planned.cors.allowed_origins == toset(["https://contacts.example.com"])
      && module.store.planned.cors.allowed_methods == toset(["PUT"])
      && module.store.planned.cors.allowed_headers == toset(["content-type"])
      && module.store.planned.cors.expose_headers == toset(["ETag"])
    )
    error_message = "Browsers PUT parts from the dashboard's origin, as localstack/init-aws.sh says."
  }
}

run "access_logs_are_a_choice" {
  command = plan

  variables {
    access_logs   = false
    bucket_suffix = "-example"
  }

  assert {
    condition     = length(module.log_bucket) == 0 && length(module.store.planned.logging) == 0 && length(module.load_balancer.planned.balancer.access_logs) == 0
    error_message = "Without access logs there is no bucket of them, and nobody writes any."
  }

  assert {
    condition     = module.store.planned.bucket.bucket == "prod-data-ingestion-example"
    error_message = "The suffix ends the bucket's name."
  }
}

run "access_logs_have_a_closed_bucket" {
  command = plan

  assert {
    condition     = length(module.load_balancer.planned.balancer.access_logs) == 0 && length(module.store.planned.logging) == 1
    error_message = "The store keeps access logs; the load balancer, whose log would have secret links, keeps none."
  }

  assert {
    condition     = module.log_bucket[0].planned.public_access.block_public_policy && module.log_bucket[0].planned.encryption.apply_server_side_encryption_by_default[0].sse_algorithm == "AES256"
    error_message = "Access logs are closed to the public and encrypted."
  }
}

run "the_load_balancer_keeps_access_logs_where_that_is_wanted" {
  command = plan

  variables {
    load_balancer_access_logs = true
  }

  assert {
    condition     = module.load_balancer.planned.balancer.access_logs[0].enabled
    error_message = "The load balancer keeps access logs."
  }
}
