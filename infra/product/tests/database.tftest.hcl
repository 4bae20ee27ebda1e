mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "the_database_is_private_encrypted_and_kept" {
  command = plan

  assert {
    condition     = module.database.planned.instance.engine == "postgres" && startswith(module.database.planned.instance.engine_version, "17")
    error_message = "It is Postgres 17."
  }

  assert {
    condition     = !module.database.planned.instance.publicly_accessible
    error_message = "The database has no public address."
  }

  assert {
    condition     = module.database.planned.instance.vpc_security_group_ids == toset(["sg-database"])
    error_message = "Only its own security group guards the database."
  }

  assert {
    condition = (
      toset([for rule in module.security_groups.planned.database : rule.referenced_security_group_id])
      == toset(["sg-dashboard", "sg-worker"])
      && alltrue([for rule in module.security_groups.planned.database : rule.cidr_ipv4 == null && rule.from_port == 5432 && rule.to_port == 5432])
    )
    error_message = "The tasks reach the database, at its port, and nobody else does."
  }

  assert {
    condition     = module.database.planned.instance.storage_encrypted && module.database.planned.instance.kms_key_id == module.encryption.key_arn
    error_message = "The database is encrypted with this environment's key."
  }

  assert {
    condition     = module.database.planned.parameters["rds.force_ssl"] == "1"
    error_message = "The database takes connections by TLS only."
  }

  assert {
    condition     = module.database.planned.parameters["log_min_error_statement"] == "panic" && module.database.planned.parameters["log_error_verbosity"] == "terse"
    error_message = "Statements and values, which are people's data, stay out of the server's log."
  }

  assert {
    condition     = module.database.planned.instance.multi_az && module.database.planned.instance.backup_retention_period == 14
    error_message = "A standby in the other zone, and daily snapshots for two weeks."
  }

  assert {
    condition = (
      module.database.planned.instance.deletion_protection
      && !module.database.planned.instance.skip_final_snapshot
      && !module.database.planned.instance.delete_automated_backups
    )
    error_message = "The database is not deleted by mistake, nor without a last snapshot."
  }

  assert {
    condition     = module.database.planned.instance.performance_insights_enabled
    error_message = "Performance Insights are on."
  }

  assert {
    condition     = length(module.database_replica) == 0
    error_message = "A read replica is an option."
  }
}

run "a_replica_is_no_more_public_than_its_primary" {
  command = plan

  variables {
    database = { read_replica = true }
  }

  assert {
    condition = (
      module.database_replica[0].planned.instance.replicate_source_db == module.database.identifier
      && module.database_replica[0].planned.instance.storage_encrypted
      && !module.database_replica[0].planned.instance.publicly_accessible
    )
    error_message = "The replica copies the primary, encrypted and in private."
  }
}

run "the_address_is_a_secret_with_this_environments_key" {
  command = plan

  assert {
    condition     = module.database_url.planned.secret.name == "prod-ingestion/database-url" && module.database_url.planned.secret.kms_key_id == module.encryption.key_arn
    error_message = "DATABASE_URL is in Secrets Manager."
  }

  assert {
    condition = alltrue([for task in [module.dashboard_task, module.worker_task, module.migrate_task] :
      task.planned.containers[0].secrets == [{ name = "DATABASE_URL", valueFrom = module.database_url.secret_arn }]
    ])
    error_message = "Each task is given DATABASE_URL from the secret."
  }
}

run "an_environment_to_throw_away_can_be_destroyed" {
  command = plan

  variables {
    deletion_protection = false
  }

  assert {
    condition = (
      !module.database.planned.instance.deletion_protection
      && module.database.planned.instance.skip_final_snapshot
      && !module.load_balancer.planned.balancer.enable_deletion_protection
      && module.store.planned.bucket.force_destroy
      && module.registry.planned.repository.force_delete
      && module.database_url.planned.secret.recovery_window_in_days == 0
    )
    error_message = "Without deletion protection nothing stands in the way of a destroy."
  }
}
