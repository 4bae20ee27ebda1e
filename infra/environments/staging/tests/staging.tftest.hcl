# The password of this environment is ephemeral, which no mocked provider has: the provider itself plans here, without an
# account, and is told what it would ask AWS for.

provider "aws" {
  region                      = "us-east-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  domain_name                = "contacts.example.com"
  certificate_arn            = "arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-0000-0000-000000000000"
  image_tag                  = "1a2b3c4"
  generate_database_password = false
  database_password          = "aaaaaaaaaaaaaaaa0000"
}

override_data {
  target = module.product.module.encryption.data.aws_caller_identity.current
  values = { account_id = "111122223333" }
}

override_data {
  target = module.product.module.network.data.aws_caller_identity.current
  values = { account_id = "111122223333" }
}

override_data {
  target = module.product.module.database.data.aws_caller_identity.current
  values = { account_id = "111122223333" }
}

override_data {
  target = module.product.module.permissions.data.aws_caller_identity.current
  values = { account_id = "111122223333" }
}

override_data {
  target = module.product.module.monitoring.data.aws_caller_identity.current
  values = { account_id = "111122223333" }
}

run "staging_is_the_same_in_small" {
  command = plan

  assert {
    condition     = module.product.sizes.nat_gateways == 1 && !module.product.sizes.multi_az
    error_message = "Staging has one NAT gateway and a database without a standby."
  }

  assert {
    condition     = join(" ", concat(module.product.sizes.dashboard_tasks, module.product.sizes.worker_tasks)) == "1 2 1 2"
    error_message = "Staging begins with one task of each kind."
  }

  assert {
    condition     = !module.product.sizes.deletion_protection
    error_message = "Staging can be taken down."
  }

  assert {
    condition     = module.product.queue_names.jobs == "staging-ingestion-queue"
    error_message = "Staging has its own queue."
  }
}
